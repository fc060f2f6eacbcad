-- A coordinator says for the own areas whether they are on duty, and changes nothing else of it.
create policy duty on alliances_coordination for update to web using (user_id = app_user());
create function alliances_coordination_keeps() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if current_user = 'web' and not app_staff()
       and (new.id, new.user_id, new.area_id, new.role) is distinct from (old.id, old.user_id, old.area_id, old.role) then
        raise exception 'only an administrator changes who coordinates what'
            using errcode = 'check_violation', constraint = 'coordination_stays';
    end if;
    return new;
end $$;
create trigger keeps before update on alliances_coordination
    for each row execute function alliances_coordination_keeps();
