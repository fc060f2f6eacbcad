"""Writing down who is not asked by a step, and why."""

from collections.abc import Iterable

from django.db import connection

from messaging.channels import providers
from messaging.models import Channel
from signals.models import CallEvent, CallRecipient, CallStep


def note_missed(step: CallStep, asked: Iterable[CallRecipient]) -> None:
    """Of the people whom a step asks: which of its ways cannot reach whom, and which are not set up here at all.

    Who raises a signal may not read the addresses of others, so the database looks.
    """
    off = [channel.value for channel in Channel if not providers(channel)]
    with connection.cursor() as cursor:
        cursor.execute(
            "select signals_note_missed(%s, %s::bigint[], %s::text[])", [step.pk, [one.pk for one in asked], off]
        )


def note_passed(step: CallStep, *, why: str, way: str = "", person: CallRecipient | None = None) -> None:
    """One way of a step, or the whole step, does not go to this person (None: to nobody). For the worker."""
    CallEvent.objects.create(call=step.call, kind=CallEvent.Kind.SKIPPED, step=step, recipient=person, way=way, why=why)
