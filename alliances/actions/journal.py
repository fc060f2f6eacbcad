"""Writing the journal: one line for each thing that happens, by reference only."""

from typing import Protocol
from uuid import UUID

from alliances.models import JournalEntry, Membership, User


class Thing(Protocol):
    """Anything with a uuid."""

    uuid: UUID


def record(verb: str, *, alliance_id: int | None, by: Membership | User | None, thing: Thing | None = None) -> None:
    """Add a line: a member by their seat, anybody else by their person, the application itself as None.

    The line is written blind (no RETURNING), because not everybody who acts may read the journal; and the alliance is
    named by its key, because who answers through a link may not read the alliance.
    """
    if isinstance(by, Membership):
        kind = JournalEntry.Actor.MEMBER
    elif isinstance(by, User):
        kind = JournalEntry.Actor.STAFF if by.is_staff else JournalEntry.Actor.COORDINATOR
    else:
        kind = JournalEntry.Actor.SYSTEM
    JournalEntry.objects.create(
        alliance_id=alliance_id,
        actor_kind=kind,
        actor=by.uuid if by else None,
        verb=verb,
        object_type=type(thing).__name__.lower() if thing else "",
        object=thing.uuid if thing else None,
    )
