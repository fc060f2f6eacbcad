-- Signals are for signed-in members. A link from a message opens one recipient and the practical side of one call.
create function app_called() returns bigint language sql stable security definer set search_path = public, pg_temp
    as $$ select call_id from signals_callrecipient where token_hash = app_token() $$;
create function app_called_membership() returns bigint language sql stable security definer set search_path = public, pg_temp
    as $$ select membership_id from signals_callrecipient where token_hash = app_token() $$;

-- Whose numbers are on the call list now: members of a running call whose list has opened.
create function app_phonable() returns bigint[] language sql stable security definer set search_path = public, pg_temp
    as $$ select coalesce(array_agg(distinct m.user_id), '{}')
          from signals_call c
          join signals_callrecipient r on r.call_id = c.id
          join alliances_membership m on m.id = r.membership_id
          where c.state = 'running' and c.call_list_at is not null and m.left_at is null
            and c.alliance_id = any (app_alliances()) $$;

alter table signals_tensionsignal enable row level security;
create policy worker on signals_tensionsignal to worker using (true);
create policy members on signals_tensionsignal to web using (alliance_id = any ((select app_alliances())::bigint[]));

alter table signals_call enable row level security;
create policy worker on signals_call to worker using (true);
create policy members on signals_call to web using (alliance_id = any ((select app_alliances())::bigint[]));
create policy link on signals_call for select to web using (id = (select app_called()));

alter table signals_callrecipient enable row level security;
create policy worker on signals_callrecipient to worker using (true);
create policy members on signals_callrecipient to web using (
    exists (select from signals_call c where c.id = call_id and c.alliance_id = any ((select app_alliances())::bigint[])));
create policy link on signals_callrecipient to web using (token_hash = app_token());

alter table signals_callstep enable row level security;
create policy worker on signals_callstep to worker using (true);
create policy members on signals_callstep to web using (
    exists (select from signals_call c where c.id = call_id and c.alliance_id = any ((select app_alliances())::bigint[])));

-- An answer is seen by who sees the recipient: all members, or the one link.
alter table signals_answer enable row level security;
create policy worker on signals_answer to worker using (true);
create policy with_recipient on signals_answer to web using (exists (select from signals_callrecipient r where r.id = recipient_id));

create policy called on alliances_membership for select to web using (id = (select app_called_membership()));

-- The timeline shows what became of each message of a call; the call list shows the numbers that people agreed to share.
create policy about_call on messaging_message for select to web using (
    exists (select from signals_call c where c.uuid = about and c.alliance_id = any ((select app_alliances())::bigint[])));
create policy call_list on messaging_contactpoint for select to web
    using (on_call_list and user_id = any ((select app_phonable())::bigint[]));
