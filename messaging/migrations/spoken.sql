-- The text of a phone call that is going on, for whoever presses * to hear it again. The web cannot read payloads; this
-- gives it what is spoken (no links in it), for an hour after the call was asked. Used by messaging.webhooks.twilio,
-- which has checked the signature of the provider, and by nothing else.
create function messaging_spoken(reference uuid) returns bytea
    language sql stable security definer set search_path = public, pg_temp as $$
    select p.content
    from public.messaging_payload p
    where p.id = reference and p.channel = 'voice' and exists (
        select 1 from public.messaging_delivery d
        where d.payload_id = p.id and d.state <> 'due' and d.due_at > statement_timestamp() - interval '1 hour'
    )
$$;
