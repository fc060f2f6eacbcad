-- Ten seats: one for the police, one for the municipality, the other eight for residents; open invitations counted.
-- The lock on the alliance makes the count true under concurrency: the second one waits, then counts the first.
create function alliances_seats() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
    police integer; municipality integer; residents integer;
begin
    perform 1 from alliances_alliance where id = new.alliance_id for no key update;
    select count(*) filter (where role = 'police'), count(*) filter (where role = 'municipality'),
           count(*) filter (where role = 'resident')
        into police, municipality, residents
        from (select role from alliances_membership where alliance_id = new.alliance_id and left_at is null
              union all
              select role from alliances_invitation
              where alliance_id = new.alliance_id and state in ('sent', 'opened') and expires_at > clock_timestamp()) taken;
    if police > 1 then
        raise exception 'the police seat is taken' using errcode = 'check_violation', constraint = 'one_police_seat';
    elsif municipality > 1 then
        raise exception 'the municipal seat is taken' using errcode = 'check_violation', constraint = 'one_municipal_seat';
    elsif residents > 8 then
        raise exception 'the eight seats of residents are taken' using errcode = 'check_violation', constraint = 'eight_residents';
    end if;
    return null;
end $$;
create trigger seats after insert or update of alliance_id, role, left_at on alliances_membership
    for each row when (new.left_at is null) execute function alliances_seats();
create trigger seats after insert or update of alliance_id, role, state, expires_at on alliances_invitation
    for each row when (new.state in ('sent', 'opened')) execute function alliances_seats();

-- The journal is append-only, for everybody.
create function alliances_journal_stays() returns trigger language plpgsql as $$
begin
    raise exception 'the journal is append-only' using errcode = 'restrict_violation', constraint = 'journal_stays';
end $$;
create trigger stays before update or delete on alliances_journalentry
    for each row execute function alliances_journal_stays();
