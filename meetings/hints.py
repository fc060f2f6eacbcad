"""Hints beside an evening: what else there is, and what you could do. Never a prohibition. Pure.

A hint is a sentence with a way out; the table decides. Warnings are hints too: two evenings close together, a long
silence, a seat of police or municipality that cannot come.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils.dateformat import format as write
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from .school import Holiday
from .seasons import MUNICIPAL_ELECTIONS, Feast, eat_at, feasts, ramadan_on, sun_sets
from .tension import AHEAD, Tension
from .timing import DAY, NUMBERS, TEN_WEEKS, THREE_WEEKS, Evening, in_summer, public_holidays

ON_THEIR_WAY = timedelta(days=3)  # before a feast people travel and cook
# How the schools name their holidays, for readers of another language.
SCHOOL_NAMES: dict[str, str | Promise] = {
    "herfstvakantie": gettext_lazy("autumn holidays"),
    "kerstvakantie": gettext_lazy("Christmas holidays"),
    "voorjaarsvakantie": gettext_lazy("spring holidays"),
    "meivakantie": gettext_lazy("May holidays"),
    "zomervakantie": gettext_lazy("summer holidays"),
}


@dataclass(frozen=True)
class Hint:
    """`strong` is the news, `text` what you could do. `kind`: day, moon, school, gap, idea or seat."""

    kind: str
    strong: str
    text: str


@dataclass(frozen=True)
class Away:
    """A seat of "police" or "municipality" that cannot come: back on a day after its break, or said no (no day)."""

    role: str
    until: date | None = None


@dataclass(frozen=True)
class Around:
    """What is known around the evenings of one alliance: the same for all of them."""

    school: Sequence[Holiday] = ()
    tension: Sequence[Tension] = ()
    pauses: Sequence[Away] = field(default_factory=tuple)


def hints_for(evening: Evening, around: Around, before: date | None = None, no: Iterable[str] = ()) -> list[Hint]:
    """What to say beside an evening; `before` is the day of the evening before it, `no` the roles that said no."""
    away = [pause for pause in around.pauses if pause.until and evening.day < pause.until]
    return [
        *(_seat(seat) for seat in (*(Away(role) for role in no), *away)),
        *_feasts(evening.day),
        *_ramadan(evening),
        *_school(evening.day, around.school),
        *_elections(evening.day),
        *_gap(evening.day, before, around.school),
        *_what_if(evening.day, [tension for tension in around.tension if is_ahead(evening.day, tension.day)]),
    ]


def is_ahead(day: date, of: date) -> bool:
    """Whether a tension day lies in the four weeks after an evening, so that the table can talk about it then."""
    return day <= of <= day + AHEAD


def by_the_moon(hints: Iterable[Hint]) -> bool:
    """Whether one of the hints says something that was computed and that the moon decides."""
    return any(hint.kind == "moon" for hint in hints)


def too_few(count: int) -> Hint | None:
    """What to say when a year has fewer than five evenings."""
    if count >= len(NUMBERS):
        return None
    strong = ngettext("This is %(n)s evening.", "These are %(n)s evenings.", count) % {"n": count}
    return Hint("gap", strong, _("Five a year is the idea. Fewer is possible: then you know each other less well."))


def school_name(holiday: Holiday) -> str:
    """How to call a school holiday in the reader's language."""
    return str(SCHOOL_NAMES.get(holiday.name, holiday.name))


def _day(day: date) -> str:
    return write(day, "j F")


def _seat(seat: Away) -> Hint:
    text = _("Choose another evening, or ask who can stand in.")
    if seat.until is None:
        said = _("The police cannot come.") if seat.role == "police" else _("The municipality cannot come.")
        return Hint("seat", said, text)
    said = (
        _("The police have a break until %(day)s.")
        if seat.role == "police"
        else _("The municipality has a break until %(day)s.")
    )
    return Hint("seat", said % {"day": _day(seat.until)}, text)


def _feasts(day: date) -> Iterator[Hint]:
    """What is celebrated that day, that evening, the next day, or within three days."""
    known = [feast for year in {day.year, (day + ON_THEIR_WAY).year} for feast in feasts(year)]
    with_family = _("Some people celebrate with family. Ask who can come, or choose another day.")
    today = [*_public(day), *(str(feast.name) for feast in known if feast.day == day)]
    if today:
        yield Hint("day", capfirst(_and(today)) + ".", with_family)
    for feast in known:
        if feast.eve and feast.day == day + DAY:
            yield Hint("day", _("%(feast)s begins that evening.") % {"feast": capfirst(str(feast.name))}, with_family)
        elif feast.moon and abs(feast.day - day) == DAY:
            said = _("%(feast)s around %(day)s.") % {"feast": feast.name, "day": _day(feast.day)}
            yield Hint("moon", said, with_family)
    if tomorrow := _public(day + DAY):
        yield Hint(
            "day", _("The next day is %(holiday)s.") % {"holiday": _and(tomorrow)}, _("Some people leave early.")
        )
    elif coming := _coming(day, known):
        yield coming


def _coming(day: date, known: Iterable[Feast]) -> Hint | None:
    """The first feast or public holiday two or three days later."""
    for later in (day + 2 * DAY, day + ON_THEIR_WAY):
        names = [*(str(feast.name) for feast in known if feast.day == later), *_public(later)]
        if names:
            said = _("%(feast)s on %(day)s.") % {"feast": capfirst(_and(names)), "day": _day(later)}
            return Hint("day", said, _("Some people are on their way by then, or are cooking. Ask who is there."))
    return None


def _public(day: date) -> list[str]:
    name = public_holidays(day.year).get(day)
    return [name] if name else []


def _and(names: Sequence[str]) -> str:
    return _("%(one)s and %(other)s") % {"one": ", ".join(names[:-1]), "other": names[-1]} if names[1:] else names[0]


def _ramadan(evening: Evening) -> Iterator[Hint]:
    fast = ramadan_on(evening.day)
    if fast is None:
        return
    sets = sun_sets(evening.day)
    words = {"sunset": f"{sets:%H.%M}", "eat": f"{eat_at(sets):%H.%M}", "day": _day(fast.last)}
    if eat_at(sets) < evening.begin:
        text = _("The sun has set by then, at %(sunset)s. Who fasts can eat along from the start.")
    elif eat_at(sets) < evening.end:
        text = _("The sun sets at %(sunset)s that day. Eat together at %(eat)s, or choose an evening after %(day)s.")
    else:
        text = _("The sun sets at %(sunset)s that day. Begin later, or choose an evening after %(day)s.")
    yield Hint("moon", _("Ramadan, until %(day)s.") % words, text % words)


def _school(day: date, school: Iterable[Holiday]) -> Iterator[Hint]:
    """School holidays, or that it is summer while nobody knows the holidays of that year."""
    known = list(school)
    for holiday in known:
        if holiday.holds(day):
            words = {"name": capfirst(school_name(holiday)), "day": _day(holiday.last_day)}
            text = _("Families may be away. Ask who is there, or choose an evening after it.")
            yield Hint("school", _("%(name)s, until %(day)s.") % words, text)
    if in_summer(day) and not any(holiday.last_day.year == day.year for holiday in known):
        yield Hint("school", _("It is in the summer holidays."), _("Ask who is there."))


def _elections(day: date) -> Iterator[Hint]:
    if day in MUNICIPAL_ELECTIONS:
        yield Hint(
            "day", _("Elections for the municipal council."), _("Police and municipality are busy. Ask them first.")
        )


def _gap(day: date, before: date | None, school: Iterable[Holiday]) -> Iterator[Hint]:
    """Close to the evening before, or a long silence since."""
    if before is None or before >= day:
        return
    gap = day - before
    if gap <= THREE_WEEKS:
        said = ngettext(
            "Only %(n)s day after the evening before.", "Only %(n)s days after the evening before.", gap.days
        )
        yield Hint("gap", said % {"n": gap.days}, _("Too close together? Then move one of the two."))
    elif gap > TEN_WEEKS:
        text = _("Can it be earlier?")
        for holiday in school:
            if holiday.name == "zomervakantie" and before < holiday.last_day < day:
                text += " " + _("The summer holidays are over on %(day)s.") % {"day": _day(holiday.last_day)}
        yield Hint("gap", _("It has been quiet for %(n)s weeks by then.") % {"n": gap.days // 7}, text)


def _what_if(day: date, ahead: Sequence[Tension]) -> Iterator[Hint]:
    """The tension days of the next four weeks in one hint, with how far away the first is."""
    if not ahead:
        return
    named = [
        _("%(what)s on %(day)s") % {"what": capfirst(str(tension.title)), "day": _day(tension.day)} for tension in ahead
    ]
    weeks = (min(tension.day for tension in ahead) - day).days // 7
    later = ngettext("That is %(n)s week later.", "That is %(n)s weeks later.", weeks) % {"n": weeks}
    when = later if weeks else _("That is in the same week.")
    idea = _("A good moment for a “what if”.")
    yield Hint("idea", f"{_and(named)}.", f"{when} {idea}")
