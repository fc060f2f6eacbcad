-- What is planned, brought, written and agreed is for the members. Links open one thing each: a part in a poll, an
-- evening for its guest, the stop of the summaries.
-- The link of who left opens nothing any more.
create function app_polled_seat() returns bigint language sql stable security definer set search_path = public, pg_temp
    as $$ select s.id from meetings_pollseat s join alliances_membership m on m.id = s.membership_id
          where s.token_hash = app_token() and m.left_at is null $$;
create function app_poll() returns bigint language sql stable security definer set search_path = public, pg_temp
    as $$ select poll_id from meetings_pollseat where id = app_polled_seat() $$;
create function app_polled_meeting() returns bigint language sql stable security definer set search_path = public, pg_temp
    as $$ select meeting_id from meetings_datepoll where id = app_poll() $$;
create function app_polled_membership() returns bigint language sql stable security definer set search_path = public, pg_temp
    as $$ select membership_id from meetings_pollseat where id = app_polled_seat() $$;
-- A guest's link dies the day after the evening, and when the evening is off or the link was taken back.
create function app_guest_meeting() returns bigint language sql stable security definer set search_path = public, pg_temp
    as $$ select g.meeting_id from meetings_guest g join meetings_meeting m on m.id = g.meeting_id
          where g.token_hash = app_token() and g.revoked_at is null
            and m.ends_at > statement_timestamp() - interval '1 day' $$;
-- That there was such a guest: a link that is over says so (410); what never was is not there (404).
create function app_guest_known() returns boolean language sql stable security definer set search_path = public, pg_temp
    as $$ select exists (select from meetings_guest where token_hash = app_token()) $$;
-- The evenings of all tables of the person behind a calendar address: when and where, and nothing else.
create function meetings_feed()
    returns table (uuid uuid, starts_at timestamptz, ends_at timestamptz, place varchar, state varchar, sequence integer,
                   language varchar, changed_at timestamptz)
    language sql stable security definer set search_path = public, pg_temp
    as $$ select m.uuid, m.starts_at, m.ends_at, m.place, m.state, m.sequence, u.language, j.at
          from meetings_calendarfeed f
          join alliances_user u on u.id = f.user_id
          join alliances_membership s on s.user_id = f.user_id and s.left_at is null
          join meetings_meeting m on m.alliance_id = s.alliance_id
          left join lateral (
              select object, max(at) as at from alliances_journalentry
              where alliance_id = s.alliance_id and verb in ('planned', 'edited', 'moved', 'cancelled')
              group by object) j on j.object = m.uuid
          where f.token_hash = app_token() and u.is_active
            and m.ends_at > statement_timestamp() - interval '1 year' $$;
-- That the address exists at all: a person without an evening has an empty calendar, a stranger none.
create function meetings_feed_known() returns boolean language sql stable security definer set search_path = public, pg_temp
    as $$ select exists (select from meetings_calendarfeed f join alliances_user u on u.id = f.user_id
                         where f.token_hash = app_token() and u.is_active) $$;

-- What the host cooks for: how many people of those who may come do not eat what, and never who.
create function meetings_food(meeting bigint) returns table (wish varchar, people bigint)
    language sql stable security definer set search_path = public, pg_temp
    as $$ select wish, count(*) from meetings_foodwish f, unnest(f.wishes) wish
          where f.meeting_id = meeting and exists (
              select from meetings_meeting m join alliances_membership h on h.id = m.host_id
              where m.id = meeting and h.user_id = app_user() and h.left_at is null)
          and exists (
              select from alliances_membership s where s.id = f.membership_id and s.left_at is null)
          and not exists (
              select from meetings_attendance a where a.meeting_id = meeting and a.membership_id = f.membership_id
                                                  and a.answer = 'not')
          group by wish $$;

-- --- for the members of the alliance ---------------------------------------------------------------------------------
do $$
declare
    name text;
begin
    foreach name in array array['habit', 'tensiondate', 'contribution', 'actionplan', 'agreement', 'jointquestion'] loop
        execute format('alter table meetings_%s enable row level security', name);
        execute format('create policy worker on meetings_%s to worker using (true)', name);
        execute format('create policy members on meetings_%s to web using (alliance_id = any ((select app_alliances())::bigint[]))', name);
    end loop;
    foreach name in array array['datepoll', 'dish', 'guest', 'agendapoint', 'report', 'themepoint'] loop
        execute format('alter table meetings_%s enable row level security', name);
        execute format('create policy worker on meetings_%s to worker using (true)', name);
        execute format('create policy members on meetings_%s to web using (exists (select from meetings_meeting m where m.id = meeting_id and m.alliance_id = any ((select app_alliances())::bigint[])))', name);
    end loop;
    foreach name in array array['discussion', 'scenario'] loop
        execute format('alter table meetings_%s enable row level security', name);
        execute format('create policy worker on meetings_%s to worker using (true)', name);
        execute format('create policy members on meetings_%s to web using (exists (select from meetings_theme t where t.id = theme_id and t.alliance_id = any ((select app_alliances())::bigint[])))', name);
    end loop;
    -- Below those: whoever sees what they hang from.
    -- By the meeting and not by the poll: who holds a link sees that too, and no other part in it.
    foreach name in array array['pollmoment', 'pollseat'] loop
        execute format('alter table meetings_%s enable row level security', name);
        execute format('create policy worker on meetings_%s to worker using (true)', name);
        execute format('create policy members on meetings_%s to web using (exists (select from meetings_datepoll p join meetings_meeting m on m.id = p.meeting_id where p.id = poll_id and m.alliance_id = any ((select app_alliances())::bigint[])))', name);
    end loop;
    foreach name in array array['correction', 'reportyes'] loop
        execute format('alter table meetings_%s enable row level security', name);
        execute format('create policy worker on meetings_%s to worker using (true)', name);
        execute format('create policy members on meetings_%s to web using (exists (select from meetings_report r where r.id = report_id))', name);
    end loop;
end $$;
-- Every member reads who can when; somebody says it only of themselves.
alter table meetings_pollvote enable row level security;
create policy worker on meetings_pollvote to worker using (true);
create policy members on meetings_pollvote for select to web using (
    exists (select from meetings_pollmoment p join meetings_datepoll d on d.id = p.poll_id where p.id = moment_id
            and exists (select from meetings_meeting m where m.id = d.meeting_id
                        and m.alliance_id = any ((select app_alliances())::bigint[]))));
create policy own on meetings_pollvote to web using (
    exists (select from meetings_pollseat s join alliances_membership m on m.id = s.membership_id
            where s.id = seat_id and m.user_id = (select app_user()) and m.left_at is null));
alter table meetings_consent enable row level security;
create policy worker on meetings_consent to worker using (true);
create policy members on meetings_consent to web using (exists (select from meetings_actionplan p where p.id = plan_id));
alter table meetings_owner enable row level security;
create policy worker on meetings_owner to worker using (true);
create policy members on meetings_owner to web using (exists (select from meetings_agreement a where a.id = agreement_id));

-- --- one's own ---------------------------------------------------------------------------------------------------------
-- What somebody eats may tell what they believe or suffer from: nobody else reads it; the host has meetings_food().
alter table meetings_foodwish enable row level security;
create policy worker on meetings_foodwish to worker using (true);
create policy own on meetings_foodwish to web using (
    exists (select from alliances_membership s where s.id = membership_id and s.user_id = (select app_user())));
alter table meetings_calendarfeed enable row level security;
create policy worker on meetings_calendarfeed to worker using (true);
create policy own on meetings_calendarfeed to web using (user_id = (select app_user()));
alter table meetings_summarychoice enable row level security;
create policy worker on meetings_summarychoice to worker using (true);
create policy own on meetings_summarychoice to web using (user_id = (select app_user()));
create policy link on meetings_summarychoice to web using (token_hash = app_token());

-- --- links -------------------------------------------------------------------------------------------------------------
create policy polled on meetings_meeting for select to web using (id = (select app_polled_meeting()));
create policy guest on meetings_meeting for select to web using (id = (select app_guest_meeting()));
create policy polled on alliances_membership for select to web using (id = (select app_polled_membership()));
create policy link on meetings_datepoll for select to web using (id = (select app_poll()));
create policy link on meetings_pollmoment for select to web using (poll_id = (select app_poll()));
create policy link on meetings_pollseat for select to web using (id = (select app_polled_seat()));
create policy link_answers on meetings_pollseat for update to web using (id = (select app_polled_seat()));
create policy link on meetings_pollvote to web using (seat_id = (select app_polled_seat()))
    with check (seat_id = (select app_polled_seat())
                and exists (select from meetings_pollmoment m where m.id = moment_id and m.poll_id = (select app_poll())));
create policy link on meetings_guest for select to web using (token_hash = app_token() and meeting_id = (select app_guest_meeting()));

-- --- what stays as it was ----------------------------------------------------------------------------------------------
-- A report is final seven days after it was shared, for everybody and for every code path.
create function meetings_report_final() returns trigger language plpgsql as $$
begin
    if old.final_at is not null and old.final_at <= statement_timestamp()
       and (new.discussed, new.agreed, new.who, new.outside, new.next, new.final_at, new.shared_at)
           is distinct from (old.discussed, old.agreed, old.who, old.outside, old.next, old.final_at, old.shared_at) then
        raise exception 'this report is final' using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
create trigger report_final before update on meetings_report for each row execute function meetings_report_final();
create function meetings_correction_stays() returns trigger language plpgsql as $$
begin
    raise exception 'corrections are append-only' using errcode = 'restrict_violation';
end $$;
create trigger correction_stays before update of line, before, after, at on meetings_correction
    for each row execute function meetings_correction_stays();
-- Somebody binds only themselves: an owner's yes is written by that owner, or by a worker for nobody.
create function meetings_own_yes() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if current_user = 'web' and new.yes_at is distinct from (case when tg_op = 'UPDATE' then old.yes_at end)
       and new.yes_at is not null
       and not exists (select from alliances_membership s where s.id = new.membership_id and s.user_id = app_user()) then
        raise exception 'only the owner says yes' using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$;
create trigger own_yes before insert or update on meetings_owner for each row execute function meetings_own_yes();

-- --- the categories to start with ----------------------------------------------------------------------------------------
update meetings_themecategory set has_date = true where name_en = 'The coming of a facility';

-- Everybody speaks for themselves: what somebody thinks of a plan, and whether a report is right.
create function meetings_own_word() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if current_user = 'web' and not exists (select from alliances_membership s where s.id = new.membership_id
                                            and s.user_id = app_user() and s.left_at is null) then
        raise exception 'everybody speaks for themselves' using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$;
create trigger own_consent before insert or update on meetings_consent for each row execute function meetings_own_word();
create trigger own_report_yes before insert or update on meetings_reportyes
    for each row execute function meetings_own_word();
-- After the seven days nothing is added to a report either.
create function meetings_report_closed() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if exists (select from meetings_report r where r.id = new.report_id and r.final_at <= statement_timestamp()) then
        raise exception 'this report is final' using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
create trigger correction_closed before insert on meetings_correction
    for each row execute function meetings_report_closed();
create trigger report_yes_closed before insert on meetings_reportyes
    for each row execute function meetings_report_closed();
-- A vote counts while its poll is open, and for a moment of the same poll. Closing holds the poll's row: who votes at
-- that instant waits, and is refused; whoever holds a link may not lock the row, so this asks as the owner.
create function meetings_vote_while_open() returns trigger language plpgsql security definer set search_path = public, pg_temp
as $$
declare
    closed timestamptz;
begin
    select p.closed_at into closed from meetings_datepoll p
        join meetings_pollseat s on s.poll_id = p.id and s.id = new.seat_id
        join meetings_pollmoment m on m.poll_id = p.id and m.id = new.moment_id
        for share of p;
    if not found or closed is not null then
        raise exception 'this poll is closed' using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
create trigger vote_while_open before insert or update on meetings_pollvote
    for each row execute function meetings_vote_while_open();
-- A part in a poll is one member's, and stays so.
create function meetings_poll_seat_stays() returns trigger language plpgsql as $$
begin
    raise exception 'a part in a poll stays with its member' using errcode = 'restrict_violation';
end $$;
create trigger poll_seat_stays before update of poll_id, membership_id, uuid, token_hash on meetings_pollseat
    for each row execute function meetings_poll_seat_stays();
-- What was discussed before evenings were kept beside a theme.
insert into meetings_discussion (theme_id, meeting_id, at)
    select t.id, t.meeting_id, m.ends_at from meetings_theme t join meetings_meeting m on m.id = t.meeting_id
    where t.state = 'discussed';
-- A member gives their own points and brings in their own things; everybody at the table sees them.
create function meetings_own_voice() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if current_user = 'web'
       and not exists (select from alliances_membership s
                       where s.id = new.membership_id and s.user_id = app_user() and s.left_at is null) then
        raise exception 'in the name of oneself only' using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$;
create trigger own_point before insert or update on meetings_themepoint
    for each row execute function meetings_own_voice();
create trigger own_contribution before insert or update on meetings_contribution
    for each row execute function meetings_own_voice();
