"""The SQL of the hot path: record what became of one delivery and claim the next, in one round trip and one commit."""

from functools import cache

# The fence: who lost the claim, because its lease ran out and somebody else took over, records nothing.
FENCE = "d.state = 'claimed' and d.claim = %(claim)s::uuid"

_RECORDED = """
    recorded as (
        update messaging_delivery d
        set state = 'sent', claim = null, lease_until = null, sent_at = statement_timestamp(),
            provider_reference = %(reference)s
        where d.id = %(id)s::uuid and FENCE
        returning 1
    ), point as (
        select id from messaging_contactpoint
        where id = %(point)s::bigint and (tried_at is null or tried_at < statement_timestamp() - interval '10 seconds')
        for no key update skip locked
    ), tried as (
        update messaging_contactpoint c set tried_at = statement_timestamp() from point where c.id = point.id
    )
"""
# A lease that ran out means that a worker died, or hung, between claiming and recording: the same row goes again, and
# the provider that had it is asked. One statement may not change a row twice, hence `id <> %(id)s`.
_CLAIMED = """
    next as (
        select id, state from messaging_delivery
        where channel = %(channel)s and id <> %(id)s::uuid
          and (state = 'due' and due_at <= statement_timestamp()
               or state = 'claimed' and lease_until < statement_timestamp())
        order by urgent desc, due_at
        limit 1
        for update skip locked
    ), claimed as (
        update messaging_delivery d
        set state = 'claimed', claim = %(new_claim)s::uuid,
            lease_until = statement_timestamp() + make_interval(secs => %(lease)s),
            maybe_doubled = d.maybe_doubled or next.state = 'claimed',
            provider = case when d.provider = any(%(providers)s::text[]) then d.provider else %(first)s end
        from next
        where d.id = next.id
        returning d.id, d.claim, d.payload_id, d.message_id, d.channel, d.urgent, d.attempt, d.provider, d.maybe_doubled
    )
"""
_RELEASED = """
    update messaging_delivery d
    set state = %(state)s::text, claim = null, lease_until = null, error = %(error)s, refused = %(refused)s,
        permanent = %(permanent)s, failed_at = case when %(state)s::text = 'failed' then statement_timestamp() end
    where d.id = %(id)s::uuid and FENCE
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
def claim() -> str:
    """Claim one row: the columns of a Job, or no row."""
    return f"with {_CLAIMED} select {_JOB} from claimed d {_WITH_TEXT}"  # noqa: S608  the parts are of this file


@cache
def record() -> str:
    """Record that a delivery was sent: whether the claim was still ours."""
    return " ".join(("with", _fenced(_RECORDED), "select exists(select from recorded)"))


@cache
def record_and_claim() -> str:
    """Both: whether the claim was ours, then the columns of the next Job (nulls when nothing is due)."""
    ours = "(select exists(select from recorded))"
    jobs = "from (select 1) one left join claimed d on true"
    return " ".join(("with", _fenced(_RECORDED), ",", _CLAIMED, "select", ours, ",", _JOB, jobs, _WITH_TEXT))


@cache
def release() -> str:
    """Give a claim back with another outcome than sent: a row when it was still ours."""
    return _fenced(_RELEASED)


def _fenced(statement: str) -> str:
    return statement.replace("FENCE", FENCE)


# Plans that only pay when tables are big are off for connections that send: the plan of a prepared statement is kept,
# and one that was made while the tables were nearly empty would read them whole for ever after.
PLAN_BY_INDEX = "set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off"
