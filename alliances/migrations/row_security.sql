-- Who is acting. The application says so at the start of each transaction (alliances/actor.py).
create function app_user() returns bigint language sql stable parallel safe
    as $$ select nullif(current_setting('app.user_id', true), '')::bigint $$;
create function app_actor() returns text language sql stable parallel safe
    as $$ select coalesce(nullif(current_setting('app.actor', true), ''), 'anonymous') $$;
create function app_token() returns text language sql stable parallel safe
    as $$ select nullif(current_setting('app.token', true), '') $$;

-- What the acting person belongs to. SECURITY DEFINER: these look past the policies that call them.
create function app_staff() returns boolean language sql stable security definer set search_path = public, pg_temp
    as $$ select exists (select from alliances_user where id = app_user() and is_staff and is_active) $$;
create function app_alliances() returns bigint[] language sql stable security definer set search_path = public, pg_temp
    as $$ select coalesce(array_agg(alliance_id), '{}') from alliances_membership
          where user_id = app_user() and left_at is null $$;
create function app_fellows() returns bigint[] language sql stable security definer set search_path = public, pg_temp
    as $$ select coalesce(array_agg(distinct user_id), '{}') from alliances_membership
          where user_id is not null and alliance_id = any (app_alliances()) $$;
create function app_coordinated_areas() returns bigint[] language sql stable security definer set search_path = public, pg_temp
    as $$ with recursive below as (
              select area_id as id from alliances_coordination where user_id = app_user()
              union
              select a.id from alliances_area a join below on a.parent_id = below.id)
          select coalesce(array_agg(id), '{}') from below $$;
create function app_coordinated() returns bigint[] language sql stable security definer set search_path = public, pg_temp
    as $$ select coalesce(array_agg(id), '{}') from alliances_alliance where area_id = any (app_coordinated_areas()) $$;

-- What an invitation's link opens.
create function app_invited_alliance() returns bigint language sql stable security definer set search_path = public, pg_temp
    as $$ select alliance_id from alliances_invitation
          where token_hash = app_token() and state in ('sent', 'opened', 'joined') $$;
create function app_inviter() returns bigint language sql stable security definer set search_path = public, pg_temp
    as $$ select invited_by_id from alliances_invitation
          where token_hash = app_token() and state in ('sent', 'opened', 'joined', 'expired') $$;

-- Whom to tell something about an alliance: its members, for a coordinator too, who may write to them and not read who they are
-- (the application puts the answer into messages and nowhere else).
create function app_recipients(alliance bigint)
    returns table (id bigint, uuid uuid, name text, language text, recognition_word text)
    language sql stable security definer set search_path = public, pg_temp
    as $$ select u.id, u.uuid, u.name, u.language, u.recognition_word
          from alliances_membership m join alliances_user u on u.id = m.user_id
          where m.alliance_id = alliance and m.left_at is null
            and (m.paused_until is null or m.paused_until <= (now() at time zone 'Europe/Amsterdam')::date)
            and (alliance = any (app_alliances()) or alliance = any (app_coordinated())) $$;

-- How full the tables are, in numbers: what a coordinator may know of the residents.
create function app_coordinated_seats()
    returns table (alliance_id bigint, role text, seated bigint, invited bigint)
    language sql stable security definer set search_path = public, pg_temp
    as $$ select taken.alliance_id, taken.role, count(*) filter (where taken.seated), count(*) filter (where not taken.seated)
          from (select m.alliance_id, m.role, true as seated from alliances_membership m where m.left_at is null
                union all
                select i.alliance_id, i.role, false from alliances_invitation i
                where i.state in ('sent', 'opened') and i.expires_at > now()) taken
          where taken.alliance_id = any (app_coordinated())
          group by taken.alliance_id, taken.role $$;

-- Joining: does this address, just proved by a code, belong to somebody already? Is this word somebody's already?
create function app_user_by_address(address text) returns bigint
    language sql stable security definer set search_path = public, pg_temp
    as $$ select id from alliances_user where is_active and (email = lower(address) or mobile = address) $$;
create function app_word_taken(word text) returns boolean
    language sql stable security definer set search_path = public, pg_temp
    as $$ select exists (select from alliances_user
                         where lower(recognition_word) = lower(word) and id is distinct from app_user()) $$;

alter table alliances_user enable row level security;
create policy worker on alliances_user to worker using (true) with check (true);
create policy seen on alliances_user for select to web using (
    id = app_user() or app_actor() = 'signin' or id = any ((select app_fellows())::bigint[])
    or id = (select app_inviter()) or (select app_staff()));
create policy added on alliances_user for insert to web with check (id = app_user() or (select app_staff()));
create policy changed on alliances_user for update to web
    using (id = app_user() or app_actor() = 'signin' or (select app_staff()));
create policy removed on alliances_user for delete to web using ((select app_staff()));

alter table alliances_user_groups enable row level security;
create policy worker on alliances_user_groups to worker using (true);
create policy own on alliances_user_groups to web using (user_id = app_user() or (select app_staff()));
alter table alliances_user_user_permissions enable row level security;
create policy worker on alliances_user_user_permissions to worker using (true);
create policy own on alliances_user_user_permissions to web using (user_id = app_user() or (select app_staff()));

alter table alliances_coordination enable row level security;
create policy worker on alliances_coordination to worker using (true);
create policy own on alliances_coordination for select to web using (user_id = app_user());
create policy staff on alliances_coordination to web using ((select app_staff()));

alter table alliances_alliance enable row level security;
create policy worker on alliances_alliance to worker using (true);
create policy seen on alliances_alliance for select to web using (
    id = any ((select app_alliances())::bigint[]) or area_id = any ((select app_coordinated_areas())::bigint[])
    or id = (select app_invited_alliance()));
create policy founded on alliances_alliance for insert to web
    with check (area_id = any ((select app_coordinated_areas())::bigint[]));
create policy changed on alliances_alliance for update to web using (id = any ((select app_alliances())::bigint[]));
create policy staff on alliances_alliance to web using ((select app_staff()));

alter table alliances_membership enable row level security;
create policy worker on alliances_membership to worker using (true);
create policy seen on alliances_membership for select to web using (
    user_id = app_user() or alliance_id = any ((select app_alliances())::bigint[])
    or alliance_id = any ((select app_coordinated())::bigint[]));
create policy joined on alliances_membership for insert to web
    with check (user_id = app_user() and alliance_id = (select app_invited_alliance()));
create policy changed on alliances_membership for update to web
    using (user_id = app_user() or alliance_id = any ((select app_alliances())::bigint[]));
create policy staff on alliances_membership to web using ((select app_staff()));

alter table alliances_invitation enable row level security;
create policy worker on alliances_invitation to worker using (true);
create policy known on alliances_invitation to web using (
    alliance_id = any ((select app_alliances())::bigint[])
    or alliance_id = any ((select app_coordinated())::bigint[]) and role <> 'resident'
    or token_hash = app_token());
create policy staff on alliances_invitation to web using ((select app_staff()));

alter table alliances_proposal enable row level security;
create policy worker on alliances_proposal to worker using (true);
create policy members on alliances_proposal to web using (alliance_id = any ((select app_alliances())::bigint[]));

alter table alliances_journalentry enable row level security;
create policy worker on alliances_journalentry to worker using (true);
create policy written on alliances_journalentry for insert to web with check (true);
create policy seen on alliances_journalentry for select to web using (
    alliance_id = any ((select app_alliances())::bigint[]) or (select app_staff()));
