-- Has anything changed on the page of a call? Asked every two seconds by everybody who looks, so it is one look at a few
-- numbers, past the row-level security of each row, for members of the table only (no row for others). `facts` are the
-- same for everybody; `seat` is the reader's, and `mine` says that they made the call.
create function signals_pulse(call_uuid uuid)
    returns table (facts text, runs boolean, mine boolean, seat bigint, started_at timestamptz)
    language sql stable security definer set search_path = public, pg_temp as $$
    select substr(md5(concat_ws('|', c.state, c.call_list_at, c.enough_at, c.begins_at,
        (select concat_ws(',', max(a.id), count(distinct r.id) filter (where r.called_at is not null),
                          count(distinct r.id) filter (where r.opened_at is not null))
         from signals_callrecipient r left join signals_answer a on a.recipient_id = r.id where r.call_id = c.id),
        (select max(k.id) from signals_remark k join signals_callrecipient r on r.id = k.recipient_id
         where r.call_id = c.id),
        (select max(e.id) from signals_callevent e where e.call_id = c.id),
        (select count(s.taken_at) from signals_callstep s where s.call_id = c.id),
        (select string_agg(concat_ws(',', state, number), ';' order by state)
         from (select replace(d.state, 'claimed', 'due') || d.maybe_doubled as state, count(*) as number
               from messaging_message m join messaging_delivery d on d.message_id = m.id
               where m.about = c.uuid group by 1) as deliveries))), 1, 16),
        c.state = 'running', c.started_by_id is not distinct from mine.id, mine.id, c.started_at
    from signals_call c
    join alliances_membership mine
        on mine.alliance_id = c.alliance_id and mine.user_id = app_user() and mine.left_at is null
    where c.uuid = call_uuid
$$;

-- What providers told about the messages of a call: for its members, without text and address.
create function signals_receipts(call_uuid uuid)
    returns table (delivery uuid, status text, outcome text, at timestamptz, received_at timestamptz)
    language sql stable security definer set search_path = public, pg_temp as $$
    select i.delivery_id, i.status, i.outcome, i.at, i.received_at
    from messaging_incoming i
    join messaging_delivery d on d.id = i.delivery_id
    join messaging_message m on m.id = d.message_id
    join signals_call c on c.uuid = m.about
    where i.kind = 'receipt' and c.uuid = call_uuid and c.alliance_id = any (app_alliances())
    order by i.received_at, i.id
$$;

-- The language of who is behind a link: whoever holds one may not see the person.
create function app_called_language() returns text language sql stable security definer set search_path = public, pg_temp
    as $$ select u.language
          from signals_callrecipient r
          join alliances_membership m on m.id = r.membership_id
          left join alliances_standin s on s.id = r.stand_in_id
          join alliances_user u on u.id = case when r.stands_in then s.user_id else m.user_id end
          where r.token_hash = app_token() $$;
