-- By which channels each member of one's own table can be reached, and what is wrong with them: no address, no number.
-- For members of that table only; anybody else, a coordinator too, gets no row. A way that failed for good since it last
-- worked is still tried (in `channels`), but does not count as working.
create function app_reachability(alliance bigint)
    returns table (membership bigint, channels text[], working text[], phones boolean, stopped boolean, failing boolean)
    language sql stable security definer set search_path = public, pg_temp as $$
    select m.id,
           coalesce(array_agg(distinct way.channel) filter (where way.channel is not null), '{}'),
           coalesce(array_agg(distinct way.channel) filter (where way.channel is not null and p.failed_at is null), '{}'),
           coalesce(bool_or(p.on_call_list), false),
           coalesce(bool_or(p.kind = 'mobile' and p.may_message and p.stopped_at is not null), false),
           coalesce(bool_or(way.channel is not null and p.failed_at is not null), false)
    from public.alliances_membership m
    left join public.messaging_contactpoint p on p.user_id = m.user_id
    left join lateral (
        select case p.kind when 'email' then 'mail' when 'mobile' then 'sms' else 'push' end as channel
        where p.verified_at is not null and p.may_message and p.stopped_at is null
        union all
        select 'voice' where p.verified_at is not null and p.may_ring
    ) way on true
    where m.alliance_id = alliance and alliance = any (app_alliances()) and m.left_at is null
    group by m.id
$$;
