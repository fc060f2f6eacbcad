"""The SQL of the hot path: record what became of some deliveries and claim the next, in one round trip, one commit."""

from functools import cache

# The fence: who lost the claim, because its lease ran out and somebody else took over, records nothing.
FENCE = "d.state = 'claimed' and d.claim = mine.claim"

_RECORDED = """
    recorded as (
        update messaging_delivery d
        set state = 'sent', claim = null, lease_until = null, sent_at = statement_timestamp(),
            provider_reference = mine.reference
        from unnest(%(ids)s::uuid[], %(claims)s::uuid[], %(references)s::text[]) as mine (id, claim, reference)
        where d.id = mine.id and FENCE
        returning 1
    ), point as (
        select id from messaging_contactpoint
        where id = any(%(points)s::bigint[])
          and (tried_at is null or tried_at < statement_timestamp() - interval '10 seconds')
        for no key update skip locked
    ), tried as (
        update messaging_contactpoint c set tried_at = statement_timestamp() from point where c.id = point.id
    )
"""
# A lease that ran out means that a worker died, or hung, between claiming and recording: the same row goes again, and
# the provider that had it is asked. One statement may not change a row twice, hence `id <> all(%(ids)s)`. The limit
# is a subquery so that recording comes first: while it waits for a row it must hold none that others may wait for.
_CLAIMED = """
    next as (
        select id, state from messaging_delivery
        where channel = %(channel)s and is_open and id <> all(%(ids)s::uuid[])
          and (state = 'due' and due_at <= statement_timestamp()
               or state = 'claimed' and lease_until < statement_timestamp())
        order by urgent desc, due_at
        limit (select %(room)s::int from (select count(*) from recorded) as first)
        for update skip locked
    ), claimed as (
        update messaging_delivery d
        set state = 'claimed', claim = %(new_claim)s::uuid,
            lease_until = statement_timestamp() + make_interval(secs => %(lease)s::int),
            maybe_doubled = d.maybe_doubled or next.state = 'claimed',
            provider = case when d.provider = any(%(providers)s::text[]) then d.provider else %(first)s::text end
        from next
        where d.id = next.id
        returning d.id, d.claim, d.payload_id, d.message_id, d.channel, d.urgent, d.attempt, d.provider, d.maybe_doubled
    )
"""
# What did not go: failed, cancelled, expired, or back to waiting.
_RELEASED = """
    update messaging_delivery d
    set state = %(state)s::text, claim = null, lease_until = null, error = %(error)s::text, refused = %(refused)s,
        permanent = %(permanent)s, failed_at = case when %(state)s::text = 'failed' then statement_timestamp() end
    from (select %(id)s::uuid as id, %(claim)s::uuid as claim) as mine
    where d.id = mine.id and FENCE
    returning 1
"""
# The columns of a Job (deliver.py), in its order.
_JOB = """
    d.*, p.address, p.content, m.created_at, m.expires_at, m.cancelled_at is not null, c.id, c.stopped_at is not null,
    statement_timestamp()
"""
_WITH_TEXT = """
    left join messaging_payload p on p.id = d.payload_id
    left join messaging_message m on m.id = d.message_id
    left join messaging_contactpoint c on c.user_id = m.user_id and c.address = p.address
"""


@cache
def record_and_claim() -> str:
    """Record what was sent and claim what is due: how many claims were still ours, then the columns of a Job, in as
    many rows as were claimed; one row of nulls when nothing is due.
    """
    ours = "(select count(*) from recorded)"
    jobs = "from (select 1) one left join claimed d on true"
    return " ".join(("with", _fenced(_RECORDED), ",", _CLAIMED, "select", ours, ",", _JOB, jobs, _WITH_TEXT))


@cache
def record() -> str:
    """Record what was sent, and claim nothing: how many claims were still ours."""
    return " ".join(("with", _fenced(_RECORDED), "select count(*) from recorded"))


@cache
def release() -> str:
    """Give a claim back with another outcome than sent: a row when it was still ours."""
    return _fenced(_RELEASED)


def _fenced(statement: str) -> str:
    return statement.replace("FENCE", FENCE)


# Plans that only pay when tables are big are off for connections that send: the plan of a prepared statement is kept,
# and one that was made while the tables were nearly empty would read them whole for ever after.
# The lock timeout is less than deadlock_timeout: who sends gives way, and records at the next look.
SESSION = "set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off; set lock_timeout = '800ms'"
