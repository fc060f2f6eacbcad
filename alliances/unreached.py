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
    """What a member's page says: of the reader (`mine`: nothing, "none" or "some" of the ways works not), and of the
    others one sentence each.
    """

    mine: str
    others: list[str]

    def __bool__(self) -> bool:
        return bool(self.mine or self.others)


def unreached(member: Membership, seated: Iterable[Membership]) -> Unreached:
    """Whom our messages do not reach, of those who take part now. One query; names are known at the table."""
    carried = [channel for channel in Channel.values if providers(channel)]
    found = reachability(member.alliance_id, only=carried)
    return Unreached(
        _mine(found.get(member.pk)) if not member.on_break else "",
        [_sentence(one, found) for one in seated if one.pk != member.pk and one.user and _silent(one, found)],
    )


def _mine(reach: Reachability | None) -> str:
    if reach is None or not reach.reachable:
        return "none"
    return "some" if reach.stopped or reach.failing else ""


def _silent(one: Membership, found: Mapping[int, Reachability]) -> bool:
    return one.pk in found and not found[one.pk].reachable and not one.on_break


def _sentence(one: Membership, found: Mapping[int, Reachability]) -> str:
    only_phone = _("%(name)s can only be phoned now.")
    nothing = _("%(name)s cannot be reached now.")
    return (only_phone if found[one.pk].phones else nothing) % {"name": one.name}
