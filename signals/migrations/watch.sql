-- A stand-in who opens the link of a call sees their own line: the person to whom it was sent.
create function app_called_stand_in() returns bigint language sql stable security definer set search_path = public, pg_temp
    as $$ select stand_in_id from signals_callrecipient where token_hash = app_token() $$;
create policy called on alliances_standin for select to web using (id = (select app_called_stand_in()));

-- Members may write to who stands in at their table ("no longer needed"), as they may to each other.
create function app_stand_ins() returns bigint[] language sql stable security definer set search_path = public, pg_temp
    as $$ select coalesce(array_agg(distinct user_id), '{}') from alliances_standin
          where user_id is not null and accepted_at is not null and alliance_id = any (app_alliances()) $$;
create policy stand_ins on alliances_user for select to web using (id = any ((select app_stand_ins())::bigint[]));

-- Write down who is not asked by a step, and why: whoever raises a signal cannot read the addresses of others, nor write
-- what happened. `people` are the recipients that this step asks, `off` the ways that this installation cannot send by.
create function signals_note_missed(step_key bigint, people bigint[], off text[]) returns void
    language sql volatile security definer set search_path = public, pg_temp as $$
    with step as (
        select s.id, s.call_id, way.way
        from signals_callstep s join signals_call c on c.id = s.call_id
        cross join lateral unnest(s.ways) way(way)
        where s.id = step_key and way.way in ('push', 'mail', 'sms', 'voice')
          and (app_user() is null or c.alliance_id = any (app_alliances()))  -- null: the worker
    )
    insert into signals_callevent (call_id, kind, step_id, recipient_id, way, why)
    select call_id, 'skipped', id, null::bigint, way, 'off' from step where way = any (off)
    union all
    select step.call_id, 'skipped', step.id, r.id, step.way, case when stopped.yes then 'stopped' else 'no_way' end
    from step
    join signals_callrecipient r on r.call_id = step.call_id and r.id = any (people)
    join alliances_membership m on m.id = r.membership_id
    left join alliances_standin i on i.id = r.stand_in_id
    cross join lateral (
        select step.way = 'sms' and exists (
            select from messaging_contactpoint p
            where p.user_id = case when r.stands_in then i.user_id else m.user_id end
              and p.kind = 'mobile' and p.stopped_at is not null) as yes
    ) stopped
    where step.way <> all (off) and not exists (
        select from signals_callreach f
        where f.recipient_id = r.id and f.channel = step.way
          and not (f.channel = 'sms' and exists (
              select from messaging_contactpoint p where p.address = f.address and p.stopped_at is not null)))
$$;

-- The administration sees that there are calls and how they went, in numbers: asked, answered, coming, unreached.
create policy staff_counts on signals_call for select to web using ((select app_staff()));
create function signals_tally(call_key bigint) returns integer[]
    language sql stable security definer set search_path = public, pg_temp as $$
    select array[count(*), count(a.value), count(*) filter (where a.value in ('coming', 'notice')),
                 count(*) filter (where exists (
                     select from signals_callevent e where e.recipient_id = r.id and e.kind = 'unreached'))]::integer[]
    from signals_callrecipient r
    left join lateral (
        select value from signals_answer where recipient_id = r.id order by at desc, id desc limit 1) a on true
    where r.call_id = call_key and r.called_at is not null and app_staff()
$$;
