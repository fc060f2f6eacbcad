-- Meetings and themes are for the members. A link from a reminder opens one attendance and its meeting.
create function app_attended_meeting() returns bigint language sql stable security definer set search_path = public, pg_temp
    as $$ select meeting_id from meetings_attendance where token_hash = app_token() $$;
create function app_attending_membership() returns bigint language sql stable security definer set search_path = public, pg_temp
    as $$ select membership_id from meetings_attendance where token_hash = app_token() $$;

-- The coordinator counts, and does not read: numbers and days of the dinners of alliances that they coordinate.
create function meetings_dinners(of_year integer)
    returns table (alliance_id bigint, number smallint, starts_at timestamptz, state varchar)
    language sql stable security definer set search_path = public, pg_temp
    as $$ select m.alliance_id, m.number, m.starts_at, m.state
          from meetings_meeting m join meetings_yearplan p on p.id = m.plan_id
          where p.year = of_year and m.alliance_id = any (app_coordinated()) $$;

alter table meetings_yearplan enable row level security;
create policy worker on meetings_yearplan to worker using (true);
create policy members on meetings_yearplan to web using (alliance_id = any ((select app_alliances())::bigint[]));

alter table meetings_meeting enable row level security;
create policy worker on meetings_meeting to worker using (true);
create policy members on meetings_meeting to web using (alliance_id = any ((select app_alliances())::bigint[]));
create policy link on meetings_meeting for select to web using (id = (select app_attended_meeting()));

alter table meetings_attendance enable row level security;
create policy worker on meetings_attendance to worker using (true);
create policy members on meetings_attendance to web using (
    exists (select from meetings_meeting m where m.id = meeting_id and m.alliance_id = any ((select app_alliances())::bigint[])));
create policy link on meetings_attendance to web using (token_hash = app_token());

create policy attending on alliances_membership for select to web using (id = (select app_attending_membership()));

alter table meetings_theme enable row level security;
create policy worker on meetings_theme to worker using (true);
create policy members on meetings_theme to web using (alliance_id = any ((select app_alliances())::bigint[]));

alter table meetings_feedback enable row level security;
create policy worker on meetings_feedback to worker using (true);
create policy members on meetings_feedback to web using (exists (select from meetings_theme t where t.id = theme_id));
