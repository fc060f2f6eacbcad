-- Stand-ins: for the members of the table; the link in the message opens one.
alter table alliances_standin enable row level security;
create policy worker on alliances_standin to worker using (true);
create policy members on alliances_standin to web using (
    alliance_id = any ((select app_alliances())::bigint[]) or token_hash = app_token());
