-- Stop what was not sent yet: messages about one thing, of some kinds (null: all), to one person (null: all). That is
-- also what lies in reserve: a mail that bounces after the answer must not make the phone ring.
-- A claimed delivery is left to its worker, which looks at cancelled_at just before it sends. Returns how many
-- deliveries were stopped.
create or replace function messaging_cancel(about_id uuid, only_kinds text[], person bigint) returns integer
    language sql volatile security definer set search_path = public, pg_temp as $$
    with stopped as (
        update public.messaging_message m
        set cancelled_at = statement_timestamp()
        where m.about = about_id and m.cancelled_at is null
          and (only_kinds is null or m.kind = any (only_kinds))
          and (person is null or m.user_id = person)
          and (exists (select 1 from public.messaging_delivery d
                       where d.message_id = m.id and d.state in ('due', 'claimed'))
               or exists (select 1 from public.messaging_payload p
                          where p.message_id = m.id
                            and not exists (select 1 from public.messaging_delivery d where d.payload_id = p.id)))
        returning m.id
    ), dropped as (
        update public.messaging_delivery d set state = 'cancelled'
        from stopped where d.message_id = stopped.id and d.state = 'due'
        returning 1
    )
    select count(*)::integer from dropped
$$;
