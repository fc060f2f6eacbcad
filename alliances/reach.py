"""Whether the members of a table can be reached, and how: channels and counts, never an address."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True, kw_only=True)
class Reachability:
    """What a table may know of how one member is reached.

    `channels` are those that a call would try (values of messaging.models.Channel); `working` leaves out those whose
    every address failed for good since it last worked. `phones`: at least one number that members may phone.
    `stopped`: the person texted STOP from a number that we would text. `failing`: at least one address fails.
    """

    channels: frozenset[str] = frozenset()
    working: frozenset[str] = frozenset()
    phones: bool = False
    stopped: bool = False
    failing: bool = False

    @property
    def reachable(self) -> bool:
        """Whether some message or phone call of ours would arrive."""
        return bool(self.working)


def reachability(alliance_id: int, *, only: Iterable[str] | None = None) -> Mapping[int, Reachability]:
    """How each member of this table can be reached now, by the key of the membership. One query.

    `only` are the channels that this house can send by (None: all); what is not among them reaches nobody. Empty for
    whoever has no seat at the table: row-level security answers, for a coordinator too.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select membership, channels, working, phones, stopped, failing from app_reachability(%s)", [alliance_id]
        )
        rows = cursor.fetchall()
    sent = None if only is None else frozenset(only)
    return {
        membership: Reachability(
            channels=_among(channels, sent),
            working=_among(working, sent),
            phones=phones,
            stopped=stopped,
            failing=failing,
        )
        for membership, channels, working, phones, stopped, failing in rows
    }


def _among(channels: Iterable[str], sent: frozenset[str] | None) -> frozenset[str]:
    return frozenset(channels) if sent is None else frozenset(channels) & sent
