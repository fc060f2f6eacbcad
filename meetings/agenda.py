"""The agenda of an evening: what is always on it, what the table chose, and what the apps above bring (a signal to keep
an eye on, say) without this app knowing them. Each item has a key that stays, for its minutes and its notes.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as write
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliances.models import Role

from .agreed import Line, line_of, to_review
from .minutes import share_out
from .models import AgendaPoint, Contribution, Discussion, Meeting, Theme
from .order import ordered
from .tension import coming
from .turns import with_turns

AGREEMENTS, ROUND, BRINGS, SELDOM, WHAT_IF, DOING = "agreements", "round", "brings", "seldom", "whatif", "doing"
# What each would take if there were time; a theme: the first gets most.
MINUTES = {AGREEMENTS: 10, ROUND: 20, BRINGS: 10, SELDOM: 5, WHAT_IF: 15, DOING: 10, "theme": 20, "": 10}
FIRST_THEME = 30
LINES = {AGREEMENTS: 1, ROUND: 2, BRINGS: 2, SELDOM: 2, WHAT_IF: 3, DOING: 3}  # on paper; others: four


@dataclass(frozen=True)
class AgendaItem:
    """One thing to talk about: its title, perhaps a sentence, the page that says more, and the key that stays."""

    title: str
    text: str = ""
    url: str = ""
    key: str = ""


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


@dataclass(frozen=True)
class Point:
    """An item with its minutes (`planned`: by the table itself) and what was written down. `number` counts from one."""

    item: AgendaItem
    number: int
    minutes: int
    planned: int | None = None
    notes: str = ""
    version: int = 0
    theme: Theme | None = None

    @property
    def kind(self) -> str:
        """What is before the colon of the key: "theme", "round" and so on."""
        return self.item.key.partition(":")[0]

    @property
    def lines(self) -> range:
        """How many lines to write on the paper has: by its minutes, so that a full evening fits on three pages."""
        return range(min(LINES.get(self.kind, 4), max(2, self.minutes // 5)))


@dataclass(frozen=True)
class Agenda:
    """All of it, in order, with what was agreed before."""

    points: list[Point]
    length: int  # of the evening, in minutes
    agreements: list[Line] = field(default_factory=list)
    rest: list[AgendaPoint] = field(default_factory=list)  # notes of what is not on it any more

    @property
    def minutes(self) -> int:
        """Of all items together."""
        return sum(point.minutes for point in self.points)

    @property
    def sentence(self) -> str:
        """The minutes against the length of the evening."""
        said = ngettext("%(n)s minute", "%(n)s minutes", self.minutes) % {"n": self.minutes}
        if self.minutes > self.length:
            return _("%(minutes)s. The evening has %(length)s.") % {"minutes": said, "length": self.length}
        return _("%(minutes)s, the rest is for eating") % {"minutes": said}

    @property
    def too_long(self) -> bool:
        """Whether there is more to talk about than there is evening."""
        return self.minutes > self.length

    def point(self, key: str) -> Point | None:
        """The item with this key."""
        return next((point for point in self.points if point.item.key == key), None)


def agenda_of(request: HttpRequest, meeting: Meeting) -> Agenda:
    """The agenda as it is now. Four queries, and those of the apps above."""
    themes = themes_of(meeting)
    today = timezone.localdate()
    agreements = [line_of(agreement, today) for agreement in to_review(meeting)]
    by_key = {theme_key(theme): theme for theme in themes}
    items = [
        AgendaItem(_("What was done?"), _("First what we agreed before, then something new."), key=AGREEMENTS),
        AgendaItem(_("A round: how is it in your street?"), _("Everybody speaks once."), key=ROUND),
        *registered_items(request, meeting),
        *(
            AgendaItem(theme.title, theme.text, reverse("meetings:theme", args=[theme.uuid]), key)
            for key, theme in by_key.items()
        ),
        AgendaItem(_("What police and municipality bring"), _("And one question that they ask us."), key=BRINGS),
        AgendaItem(_("What do you hear from who seldom says something?"), _("Without names."), key=SELDOM),
        *what_if(meeting),
        AgendaItem(_("What are we going to do?"), _("Who, what and when. Only if you say yes yourself."), key=DOING),
    ]
    if not agreements:
        items = items[1:]
    kept = {point.key: point for point in AgendaPoint.objects.filter(meeting=meeting)}
    on_it = {item.key for item in items}
    rest = [point for key, point in kept.items() if point.notes and key not in on_it]
    return Agenda(_points(items, kept, by_key, length_of(meeting)), length_of(meeting), agreements, rest)


def length_of(meeting: Meeting) -> int:
    """How many minutes an evening lasts."""
    return int((meeting.ends_at - meeting.starts_at).total_seconds() // 60)


def theme_key(theme: Theme) -> str:
    """The key of a theme on any agenda."""
    return f"theme:{theme.uuid}"


def themes_of(meeting: Meeting) -> list[Theme]:
    """Its themes in the order of their turn, also what it talked about and is on a later agenda by now. One query."""
    talked = Discussion.objects.filter(meeting=meeting).values("theme")
    themes = Theme.objects.filter(Q(meeting=meeting) | Q(pk__in=talked)).select_related("category")
    return ordered(with_turns(themes, meeting, min(meeting.starts_at, timezone.now())))


def brought_to(meeting: Meeting) -> Iterable[Contribution]:
    """What police and municipality bring and dare to ask, person by person. One query."""
    kinds = (Contribution.Kind.BRINGS, Contribution.Kind.QUESTION)
    found = Contribution.objects.filter(meeting=meeting, kind__in=kinds, membership__left_at__isnull=True)
    return found.select_related("membership__user").order_by("membership__role", "membership_id", "kind")


def what_if(meeting: Meeting) -> list[AgendaItem]:
    """A "what if" for each day on which tension may rise in the four weeks after the evening. One query."""
    return [
        AgendaItem(
            _("What if it gets tense: %(day)s?") % {"day": tension.title},
            _("On %(date)s. Who calls whom? What are the first three steps?") % {"date": write(tension.day, "j F")},
            key=f"{WHAT_IF}:{tension.key or tension.uuid}",
        )
        for tension in coming(meeting.alliance, meeting.starts_at)
    ]


def roles_in_words(roles: Sequence[str]) -> str:
    """Who does it, for paper: "Municipality.", "Two residents."; empty when it is of all."""
    counted = [
        (_("Police"), roles.count(Role.POLICE)),
        (_("Municipality"), roles.count(Role.MUNICIPALITY)),
        (ngettext("One resident", "Two residents", roles.count(Role.RESIDENT)), roles.count(Role.RESIDENT)),
    ]
    return capfirst(", ".join(word.lower() for word, number in counted if number))


def _points(
    items: Sequence[AgendaItem], kept: dict[str, AgendaPoint], themes: dict[str, Theme], length: int
) -> list[Point]:
    first = next(iter(themes), None)
    wanted = [
        FIRST_THEME if item.key == first else MINUTES.get(item.key.partition(":")[0], MINUTES[""]) for item in items
    ]
    planned = [kept[item.key].minutes if item.key in kept else None for item in items]
    empty = AgendaPoint()
    return [
        Point(
            item,
            number,
            minutes,
            own,
            kept.get(item.key, empty).notes,
            kept.get(item.key, empty).version,
            themes.get(item.key),
        )
        for number, (item, minutes, own) in enumerate(
            zip(items, share_out(wanted, planned, length), planned, strict=True), 1
        )
    ]
