"""The picture of a year: 53 weeks with evenings, school holidays, Ramadan and tension days. Only a picture: the list
of evenings beside it says the same in words, and the legend says what the letters are.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.dates import MONTHS_3

from .hints import Around
from .seasons import ramadans
from .tension import Tension
from .timing import week_of_strip

WIDE = 3  # weeks that a letter covers on a small phone: days closer together share one
LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Band:
    """From a week on, for some weeks."""

    week: int
    weeks: int


@dataclass
class Letter:
    """Tension days that share a letter."""

    letter: str
    week: int
    days: list[Tension] = field(default_factory=list)


@dataclass(frozen=True)
class Strip:
    """What {% include "meetings/strip.html" %} draws, the evenings left out: those are the page's."""

    months: Sequence[tuple[int, str]]
    holidays: Sequence[Band]
    fasts: Sequence[Band]
    letters: Sequence[Letter]


def strip(year: int, around: Around) -> Strip:
    """The picture of a year."""
    return Strip(
        months=[(week_of_strip(date(year, month, 1)), str(MONTHS_3[month])) for month in range(1, 13)],
        holidays=[_band(year, holiday.first_day, holiday.last_day) for holiday in around.school],
        fasts=[_band(year, fast.first, fast.last) for fast in ramadans(year)],
        letters=_letters(tension for tension in around.tension if tension.day.year == year),
    )


def _band(year: int, first: date, last: date) -> Band:
    """The weeks of a span, as far as they lie in the year."""
    begin = week_of_strip(max(first, date(year, 1, 1)))
    return Band(begin, week_of_strip(min(last, date(year, 12, 31))) - begin + 1)


def _letters(tensions: Iterable[Tension]) -> list[Letter]:
    found: list[Letter] = []
    for tension in tensions:
        week = week_of_strip(tension.day)
        if not found or week - found[-1].week >= WIDE:
            if len(found) == len(LETTERS):
                break
            found.append(Letter(LETTERS[len(found)], week))
        found[-1].days.append(tension)
    return found
