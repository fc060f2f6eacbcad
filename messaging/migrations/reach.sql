-- Where messages to one person go and how, the preferred first. The one door to the addresses of others: `web` cannot read
-- contact points of others, yet must address a message to them. Used by messaging.actions.post, and to freeze a call.
drop function messaging_reach(bigint);
create function messaging_reach(person bigint)
    returns table (channel text, address text, keys jsonb, "position" bigint)
    language sql stable security definer set search_path = public, pg_temp as $$
    select way.channel, p.address, p.keys, row_number() over (order by p.position, p.id, way.channel)
    from public.messaging_contactpoint p
    cross join lateral (
        select case p.kind when 'email' then 'mail' when 'mobile' then 'sms' else 'push' end as channel
        where p.may_message and p.stopped_at is null
        union all
        select 'voice' where p.may_ring
    ) way
    where p.user_id = person and p.verified_at is not null
    order by p.position, p.id, way.channel
$$;

-- When this person wants quiet; no row: the usual hours.
create function messaging_quiet(person bigint) returns table (starts time, ends time)
    language sql stable security definer set search_path = public, pg_temp as $$
    select starts, ends from public.messaging_quiethours where user_id = person
$$;

alter table messaging_quiethours enable row level security;
create policy worker_all on messaging_quiethours for all to worker using (true) with check (true);
create policy own_hours  on messaging_quiethours for all to web
    using (user_id = (select app_user())) with check (user_id = (select app_user()));

-- What providers tell: the web writes it down for nobody and cannot read it back; administrators see it.
alter table messaging_incoming enable row level security;
create policy worker_all   on messaging_incoming for all to worker using (true) with check (true);
create policy written_down on messaging_incoming for insert to web with check (handled_at is null and user_id is null);
create policy staff_reads  on messaging_incoming for select to web using ((select app_staff()));
