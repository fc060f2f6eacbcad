-- The ladder of an alliance, what happened in a call, and what people wrote back: for its members. Where people are
-- reached during a call: for the worker only.
alter table signals_ladder enable row level security;
create policy worker on signals_ladder to worker using (true);
create policy members on signals_ladder to web using (alliance_id = any ((select app_alliances())::bigint[]));

alter table signals_callreach enable row level security;
create policy worker on signals_callreach to worker using (true);

alter table signals_callevent enable row level security;
create policy worker on signals_callevent to worker using (true);
create policy members on signals_callevent for select to web using (
    exists (select from signals_call c where c.id = call_id and c.alliance_id = any ((select app_alliances())::bigint[])));

alter table signals_remark enable row level security;
create policy worker on signals_remark to worker using (true);
create policy with_recipient on signals_remark for select to web
    using (exists (select from signals_callrecipient r where r.id = recipient_id));

-- What happened is written once.
create trigger stays before update or delete on signals_callevent
    for each row execute function alliances_journal_stays();

-- Freeze where each person of a call is reached: `web`, which calls, cannot read the addresses of others.
create function signals_freeze(call_key bigint) returns void
    language sql volatile security definer set search_path = public, pg_temp as $$
    insert into signals_callreach (recipient_id, channel, address, keys, position)
    select r.id, w.channel, w.address, w.keys, row_number() over (partition by r.id order by w.position) - 1
    from signals_callrecipient r
    join alliances_membership m on m.id = r.membership_id
    left join alliances_standin s on s.id = r.stand_in_id
    cross join lateral messaging_reach(case when r.stands_in then s.user_id else m.user_id end) w
    where r.call_id = call_key
    on conflict do nothing
$$;
