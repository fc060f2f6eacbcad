-- Who may read and write what of messaging. Role `worker` sends, so it may everything here; role `web` is a request
-- acting for one person (app_user(), set by the request's transaction; null before sign-in).
-- The owner of the tables is not held back: it only migrates.

alter table messaging_contactpoint enable row level security;
alter table messaging_message      enable row level security;
alter table messaging_payload      enable row level security;
alter table messaging_delivery     enable row level security;
alter table messaging_workerseen   enable row level security;

create policy worker_all on messaging_contactpoint for all to worker using (true) with check (true);
create policy worker_all on messaging_message      for all to worker using (true) with check (true);
create policy worker_all on messaging_payload      for all to worker using (true) with check (true);
create policy worker_all on messaging_delivery     for all to worker using (true) with check (true);
create policy worker_all on messaging_workerseen   for all to worker using (true) with check (true);

-- Contact points: one's own. (The apps above add what a call list shows.)
create policy own_points on messaging_contactpoint for all to web
    using (user_id = (select app_user())) with check (user_id = (select app_user()));

-- Whoever acts may have a message written to somebody else, but reads back only messages to themselves.
-- (The apps above add: the messages `about` a call or invitation that one may see.)
create policy anyone_posts on messaging_message  for insert to web with check (true);
create policy anyone_posts on messaging_payload  for insert to web with check (true);
create policy anyone_posts on messaging_delivery for insert to web with check (state in ('due', 'failed') and attempt = 1);
create policy own_messages on messaging_message  for select to web using (user_id = (select app_user()));

-- Administrators see messages and what became of them, never their text: nobody but the worker reads a payload.
create policy staff_reads on messaging_message for select to web using ((select app_staff()));

-- A delivery is seen by who sees its message, so that policies on messages hold for deliveries too.
create policy with_its_message on messaging_delivery for select to web
    using (exists (select 1 from messaging_message m where m.id = message_id));

-- /health/ looks whether a worker was seen.
create policy everybody_looks on messaging_workerseen for select to web using (true);

-- The one door to the addresses of others: where messages to one person go. `web` cannot read contact points of others,
-- yet must address a message to them. Used by messaging.actions.post and nothing else.
create function messaging_reach(person bigint) returns table (kind text, address text)
    language sql stable security definer set search_path = public, pg_temp as $$
    select p.kind, p.address
    from public.messaging_contactpoint p
    where p.user_id = person and p.may_message and p.verified_at is not null
    order by p.id
$$;

-- Stop what was not sent yet: messages about one thing, of some kinds (null: all), to one person (null: all).
-- A claimed delivery is left to its worker, which looks at cancelled_at just before it sends. Returns how many
-- deliveries were stopped.
create function messaging_cancel(about_id uuid, only_kinds text[], person bigint) returns integer
    language sql volatile security definer set search_path = public, pg_temp as $$
    with stopped as (
        update public.messaging_message m
        set cancelled_at = statement_timestamp()
        where m.about = about_id and m.cancelled_at is null
          and (only_kinds is null or m.kind = any (only_kinds))
          and (person is null or m.user_id = person)
          and exists (select 1 from public.messaging_delivery d where d.message_id = m.id and d.state in ('due', 'claimed'))
        returning m.id
    ), dropped as (
        update public.messaging_delivery d set state = 'cancelled'
        from stopped where d.message_id = stopped.id and d.state = 'due'
        returning 1
    )
    select count(*)::integer from dropped
$$;

-- What is waiting for longer than it should, as a bare number for /health/, which acts for nobody.
create function messaging_overdue(seconds integer) returns integer
    language sql stable security definer set search_path = public, pg_temp as $$
    select count(*)::integer from public.messaging_delivery d
    where (d.state = 'due' and d.due_at < statement_timestamp() - make_interval(secs => seconds))
       or (d.state = 'claimed' and d.lease_until < statement_timestamp() - make_interval(secs => seconds))
$$;
