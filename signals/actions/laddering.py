"""How an alliance wants to be called. What changes here holds for the next call: a running one keeps its own copy."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from alliances.actions import record
from alliances.models import Alliance, Membership
from alliances.policy import Refused, require
from alliances.reach import reachability
from messaging.channels import providers
from messaging.models import Channel
from signals.ladder import DEFAULTS, Step, fault_in_quorum, fault_in_steps, written
from signals.models import Ladder
from signals.policy import may_set_ladder


@transaction.atomic
def keep_ladder(
    *,
    alliance: Alliance,
    pace: str,
    steps: Sequence[Step],
    police: bool = True,
    municipality: bool = True,
    residents: int | None = None,
    by: Membership,
) -> Ladder:
    """Save the steps and the quorum of one pace. Any member may.

    Raises Refused, with a sentence, for a ladder that cannot be climbed: no step, too many, in the wrong order, later
    than 48 hours, by a way that nobody at the table has; or a quorum larger than the table.
    """
    require(may_set_ladder(by, alliance))
    _known(pace)
    table = list(Membership.objects.active().filter(alliance=alliance).values_list("role", flat=True))
    fault = fault_in_steps(steps, pace, available=available_to(alliance))
    if pace != Ladder.Pace.WORRY:
        fault = fault or fault_in_quorum(
            police=police, municipality=municipality, residents=residents, at_the_table=table
        )
    if fault:
        raise Refused(fault)
    ladder, _new = Ladder.objects.update_or_create(
        alliance=alliance,
        pace=pace,
        defaults={
            "steps": written([Step(step.after, tuple(dict.fromkeys(step.ways))) for step in steps]),
            "police": police,
            "municipality": municipality,
            "residents": residents,
            "changed_by": by,
        },
    )
    record("changed_ladder", alliance_id=alliance.pk, by=by, thing=alliance)
    return ladder


@transaction.atomic
def reset_ladder(*, alliance: Alliance, pace: str, by: Membership) -> None:
    """Go back to the usual ladder of one pace. Any member may."""
    require(may_set_ladder(by, alliance))
    _known(pace)
    gone, _kinds = Ladder.objects.filter(alliance=alliance, pace=pace).delete()
    if gone:
        record("reset_ladder", alliance_id=alliance.pk, by=by, thing=alliance)


def available_to(alliance: Alliance) -> frozenset[str]:
    """The channels by which somebody at this table can be reached, as far as they are set up here."""
    on = [channel.value for channel in Channel if providers(channel)]
    return frozenset().union(*(one.channels for one in reachability(alliance.pk, only=on).values()))


def _known(pace: str) -> None:
    if pace not in DEFAULTS:
        raise Refused(_("There is no such ladder."))
