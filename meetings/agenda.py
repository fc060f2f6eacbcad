"""What the apps above put on an evening's agenda, without this app knowing them (a signal to keep an eye on, say)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.http import HttpRequest

from .models import Meeting


@dataclass(frozen=True)
class AgendaItem:
    """One thing to talk about: its title, perhaps a sentence, and the page that says more."""

    title: str
    text: str = ""
    url: str = ""


ItemMaker = Callable[[HttpRequest, Meeting], Sequence[AgendaItem]]
_makers: list[ItemMaker] = []


def register_items(make: ItemMaker) -> ItemMaker:
    """Add to the agenda of every meeting; called in `AppConfig.ready`. At most one query each."""
    if make not in _makers:
        _makers.append(make)
    return make


def registered_items(request: HttpRequest, meeting: Meeting) -> list[AgendaItem]:
    """What the apps above have for this evening, in the order of registration."""
    return [item for make in _makers for item in make(request, meeting)]
