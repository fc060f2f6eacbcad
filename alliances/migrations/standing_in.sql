-- Stand-ins: what a member, the holder of the link and the colleague may do to a row, and nothing beyond that row.
drop policy members on alliances_standin;
create policy seen on alliances_standin for select to web using (
    alliance_id = any ((select app_alliances())::bigint[]) or token_hash = app_token() or user_id = app_user());
create policy named on alliances_standin for insert to web with check (
    alliance_id = any ((select app_alliances())::bigint[])
    and user_id is null and agreed_at is null and accepted_at is null and ended_at is null);
create policy changed on alliances_standin for update to web using (
    alliance_id = any ((select app_alliances())::bigint[]) or token_hash = app_token() or user_id = app_user());

-- The link's page says who asks: the name and nothing else of that person.
create function app_stand_in_asker() returns text language sql stable security definer set search_path = public, pg_temp
    as $$ select u.name from alliances_standin s
          join alliances_membership m on m.id = s.named_by_id join alliances_user u on u.id = m.user_id
          where s.token_hash = app_token() and s.agreed_at is not null and s.ended_at is null $$;

-- Whose address it is that this link was sent to: somebody whom we know already, or nobody.
create function app_stand_in_owner() returns bigint language sql stable security definer set search_path = public, pg_temp
    as $$ select u.id from alliances_standin s
          join alliances_user u on u.is_active
               and (u.email = s.address or u.mobile = s.address
                    or exists (select from messaging_contactpoint p
                               where p.user_id = u.id and p.address = s.address and p.verified_at is not null))
          where s.token_hash = app_token() and s.agreed_at is not null and s.accepted_at is null and s.ended_at is null
          order by u.id limit 1 $$;

-- What of a row never changes, and who may say which yes. Not a definer: the look-ups below see what the actor sees.
create function alliances_standin_keeps() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if (new.uuid, new.alliance_id, new.role, new.token_hash) is distinct from (old.uuid, old.alliance_id, old.role, old.token_hash)
       or (new.named_by_id is not null and new.named_by_id is distinct from old.named_by_id)
       or (old.ended_at is not null and new.ended_at is distinct from old.ended_at) then
        raise exception 'a stand-in stays what it is' using errcode = 'check_violation', constraint = 'stand_in_stays';
    end if;
    if (new.agreed_at is not null and new.agreed_at is distinct from old.agreed_at
        or new.agreed_by_id is not null and new.agreed_by_id is distinct from old.agreed_by_id)
       and not exists (select from alliances_membership m
                       where m.id = new.agreed_by_id and m.alliance_id = new.alliance_id
                         and m.left_at is null and m.role <> new.role) then
        raise exception 'a member of another role agrees' using errcode = 'check_violation', constraint = 'stand_in_agreed';
    end if;
    if current_user = 'web'
       and (new.user_id is not null and new.user_id is distinct from old.user_id
            or new.accepted_at is distinct from old.accepted_at)
       and not coalesce(old.agreed_at is not null and old.accepted_at is null and old.ended_at is null
                        and old.token_hash = app_token() and new.user_id in (app_user(), app_stand_in_owner()), false) then
        raise exception 'only who holds the link says yes' using errcode = 'check_violation', constraint = 'stand_in_accepted';
    end if;
    return new;
end $$;
create trigger keeps before update on alliances_standin for each row execute function alliances_standin_keeps();

-- No eleventh member and nobody twice in one call: who sits at the table does not stand in there.
create function alliances_standin_no_member() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if new.user_id is not null and new.ended_at is null
       and exists (select from alliances_membership m
                   where m.alliance_id = new.alliance_id and m.user_id = new.user_id and m.left_at is null) then
        raise exception 'sits at the table' using errcode = 'check_violation', constraint = 'stand_in_no_member';
    end if;
    return new;
end $$;
create trigger no_member before insert or update of user_id on alliances_standin
    for each row execute function alliances_standin_no_member();

create function alliances_membership_ends_stand_in() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    update alliances_standin set ended_at = statement_timestamp()
    where alliance_id = new.alliance_id and user_id = new.user_id and ended_at is null;
    return new;
end $$;
create trigger ends_stand_in after insert on alliances_membership
    for each row when (new.left_at is null) execute function alliances_membership_ends_stand_in();
