"""Who at a table cannot be reached, in words: told before it matters, to the member and to everybody at the table."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from messaging.channels import providers
from messaging.models import Channel

from .models import Membership
from .reach import Reachability, reachability


@dataclass(frozen=True)
class Unreached:
    """What a member's page says: of the reader (`mine`: "none" or "some" of the ways works not; empty: all is well), of
    the others whom we do not reach one sentence each, and how many of those who take part we do reach.
    """

    mine: str
    others: list[str]
    reached: int
    people: int


def unreached(member: Membership, seated: Iterable[Membership]) -> Unreached:
    """Whom our messages do not reach, of those who take part now. One query; names are known at the table."""
    carried = [channel for channel in Channel.values if providers(channel)]
    found = reachability(member.alliance_id, only=carried)
    here = [one for one in seated if one.user and not one.on_break]
    silent = [one for one in here if one.pk in found and not found[one.pk].reachable]
    return Unreached(
        _mine(found.get(member.pk)) if not member.on_break else "",
        [_sentence(one, found) for one in silent if one.pk != member.pk],
        len(here) - len(silent),
        len(here),
    )


def _mine(reach: Reachability | None) -> str:
    if reach is None or not reach.reachable:
        return "none"
    return "some" if reach.stopped or reach.failing else ""


def _sentence(one: Membership, found: Mapping[int, Reachability]) -> str:
    only_phone = _("%(name)s can only be phoned now.")
    nothing = _("%(name)s cannot be reached now.")
    return (only_phone if found[one.pk].phones else nothing) % {"name": one.name}
