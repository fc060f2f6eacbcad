"""Seasons and feasts, computed: Ramadan and its feasts, Jewish and Hindu feasts, the setting sun, elections. Pure.

Nothing here is about people: it says which days there are, never who keeps them. Public holidays, the Christian ones
among them, are in timing.py, school holidays in school.py.

Sources: `hijridate` (the Umm al-Qura calendar; the moon decides, so a day may differ by one), `holidays` (Israel for
the Jewish feasts, Surinam for Holi and Divali as they are kept by most Dutch Hindus), `astral` (the sun).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

import holidays
from astral import Observer
from astral.sun import sunset
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from hijridate import Gregorian, Hijri

from .timing import AMSTERDAM, DAY

UTRECHT = Observer(latitude=52.09, longitude=5.12)  # the middle of the country: four minutes at most from its corners
RAMADAN, SHAWWAL, DHU_AL_HIJJA = 9, 10, 12  # months
TABLE_IS_SET = timedelta(minutes=5)  # between sunset and sitting down

# By the name in `holidays`. They begin on the evening before. The two last days of Pesach and Sukkot have their own.
JEWISH: dict[str, str | Promise] = {
    "Pesach": _("Pesach"),
    "Seventh day of Pesach": _("the last day of Pesach"),
    "Shavuot": _("Shavuot"),
    "Rosh Hashanah": _("Rosh Hashanah"),
    "Yom Kippur": _("Yom Kippur"),
    "Sukkot": _("Sukkot"),
    "Simchat Torah / Shemini Atzeret": _("Simchat Torah"),
}
HINDU: dict[str, str | Promise] = {"Holi-Phagwa": _("Holi"), "Divali": _("Divali")}

# Elections of the municipal councils, as announced by the Electoral Council (Kiesraad, kiesraad.nl; 2026 also by
# municipalities). The next, of 2030, comes here when its day is announced. Not those after municipalities merge.
MUNICIPAL_ELECTIONS = (date(2022, 3, 16), date(2026, 3, 18))


@dataclass(frozen=True)
class Feast:
    """A feast on a day; `eve`: it begins at sunset the evening before; `moon`: it may be a day earlier or later."""

    day: date
    name: str | Promise
    eve: bool = False
    moon: bool = False


@dataclass(frozen=True)
class Fast:
    """Ramadan: its first and last day, computed."""

    first: date
    last: date

    def holds(self, day: date) -> bool:
        """Whether people fast on this day."""
        return self.first <= day <= self.last


@lru_cache(maxsize=8)
def ramadans(year: int) -> tuple[Fast, ...]:
    """Each Ramadan that touches a year: one, or two when it falls in the winter."""
    found = (
        Fast(_day(hijri, RAMADAN, 1), _day(hijri, SHAWWAL, 1) - DAY)
        for hijri in range(_hijri_year(date(year, 1, 1)), _hijri_year(date(year, 12, 31)) + 1)
    )
    return tuple(fast for fast in found if year in (fast.first.year, fast.last.year))


def ramadan_on(day: date) -> Fast | None:
    """The Ramadan that a day lies in."""
    return next((fast for fast in ramadans(day.year) if fast.holds(day)), None)


@lru_cache(maxsize=8)
def feasts(year: int) -> tuple[Feast, ...]:
    """The feasts of a year that are no public holidays in the Netherlands, in order."""
    return tuple(sorted((*_islamic(year), *_jewish(year), *_hindu(year)), key=lambda feast: feast.day))


def sun_sets(day: date) -> time:
    """When the sun sets in Utrecht, by the clock in Amsterdam, rounded up to the minute: nobody eats too early."""
    at = sunset(UTRECHT, day, tzinfo=AMSTERDAM)
    return _up(at, 1).time()


def eat_at(sets: time) -> time:
    """When to sit down together after the sun has set, on whole ten minutes: 18.24 gives 18.30, 18.26 gives 18.40."""
    return _up(datetime.combine(date(2000, 1, 1), sets) + TABLE_IS_SET, 10).time()


def _islamic(year: int) -> Iterator[Feast]:
    for hijri in range(_hijri_year(date(year, 1, 1)), _hijri_year(date(year, 12, 31)) + 1):
        yield from (
            Feast(day, name, moon=True)
            for day, name in (
                (_day(hijri, SHAWWAL, 1), _("Eid al-Fitr")),
                (_day(hijri, DHU_AL_HIJJA, 10), _("Eid al-Adha")),
            )
            if day.year == year
        )


def _jewish(year: int) -> Iterator[Feast]:
    known = holidays.country_holidays("IL", years=year, language="en_US")
    return (Feast(day, JEWISH[name], eve=True) for day, name in known.items() if name in JEWISH and day.year == year)


def _hindu(year: int) -> Iterator[Feast]:
    known = holidays.country_holidays("SR", years=year, language="nl")
    return (Feast(day, HINDU[name]) for day, name in known.items() if name in HINDU and day.year == year)


def _hijri_year(day: date) -> int:
    return int(Gregorian(day.year, day.month, day.day).to_hijri().year)


def _day(hijri: int, month: int, day: int) -> date:
    found = Hijri(hijri, month, day).to_gregorian()
    return date(found.year, found.month, found.day)


def _up(at: datetime, minutes: int) -> datetime:
    """The next moment of the clock that is a multiple of so many minutes."""
    over = timedelta(minutes=at.minute % minutes, seconds=at.second, microseconds=at.microsecond)
    return at + (timedelta(minutes=minutes) - over if over else over)
