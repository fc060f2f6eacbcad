"""What the apps above add to the alliance's page and to the coordinator's list, without this app knowing them.

They register in `AppConfig.ready`; the page asks each in turn, so what a panel queries, the page
queries.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from django.http import HttpRequest

from .models import Alliance, Membership

Place = Literal["running", "next", "notice", "year", "talk", "welcome"]


@dataclass(frozen=True)
class Panel:
    """A part of the page: rendered with the page's context and `panel` as the given context."""

    place: Place
    template: str
    context: Mapping[str, Any] = field(default_factory=dict)


PanelMaker = Callable[[HttpRequest, Membership], Panel | None]
DotMaker = Callable[[Sequence[Alliance]], Mapping[int, Sequence[str]]]

_panels: list[PanelMaker] = []
_dots: list[DotMaker] = []


def register_panel(make: PanelMaker) -> PanelMaker:
    """Add a part to every alliance's page: `make` gets the request and the reader's seat, and may return None."""
    if make not in _panels:
        _panels.append(make)
    return make


def register_dots(make: DotMaker) -> DotMaker:
    """Say how a year goes: for each alliance's key five states (held, planned, missing). Counts, no content."""
    if make not in _dots:
        _dots.append(make)
    return make


def panels(request: HttpRequest, member: Membership) -> dict[str, list[Panel]]:
    """The parts of this member's page, by place, in the order of registration."""
    placed: dict[str, list[Panel]] = {}
    for make in _panels:
        if panel := make(request, member):
            placed.setdefault(panel.place, []).append(panel)
    return placed


def dots(alliances: Sequence[Alliance]) -> dict[int, Sequence[str]]:
    """The five states of each alliance's year, as far as an app above says them."""
    said: dict[int, Sequence[str]] = {}
    for make in _dots:
        said.update(make(alliances))
    return said
