"""School holidays: the official list, as text that is read and checked. Rows are written by actions/school.py.

`meetings/data/school_holidays.csv` holds what the Ministry of Education published per region (the column `source` says
where); schools may differ from the autumn and spring weeks, so a hint never says that somebody is away.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

SHIPPED = Path(__file__).parent / "data" / "school_holidays.csv"
COLUMNS = ("region", "name", "first_day", "last_day", "source")
REGIONS = ("north", "middle", "south")
LONGEST_NAME = 40
LONGEST = 60  # days; the summer has 44: anything longer is a slip of the finger


class NotTheList(ValueError):
    """A line that cannot be a school holiday; says which line and why."""


@dataclass(frozen=True, order=True)
class Holiday:
    """Days on which the schools of one region are closed, the first and the last included."""

    first_day: date
    last_day: date
    name: str
    region: str = "middle"
    source: str = ""

    def holds(self, day: date) -> bool:
        """Whether a day lies in it."""
        return self.first_day <= day <= self.last_day


def shipped() -> list[Holiday]:
    """The list that comes with the application."""
    with SHIPPED.open(encoding="utf-8", newline="") as lines:
        return list(read(lines))


def read(lines: Iterable[str]) -> Iterator[Holiday]:
    """The holidays of a CSV file with a header. Raises NotTheList for the first line that is none."""
    reader = csv.DictReader(lines)
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise NotTheList(f"The first line must be: {','.join(COLUMNS)}")
    begun: set[tuple[str, date]] = set()
    for row in reader:
        holiday = _holiday(row, reader.line_num)
        if (holiday.region, holiday.first_day) in begun:
            raise NotTheList(f"Line {reader.line_num}: this region has a holiday from {holiday.first_day} already.")
        begun.add((holiday.region, holiday.first_day))
        yield holiday


def _holiday(row: dict[str, str], line: int) -> Holiday:
    values = [row.get(column) or "" for column in COLUMNS]
    region, name, first, last, source = (value.strip() for value in values)
    if region not in REGIONS:
        raise NotTheList(f"Line {line}: the region is {', '.join(REGIONS[:-1])} or {REGIONS[-1]}, not '{region}'.")
    if not 0 < len(name) <= LONGEST_NAME:
        raise NotTheList(f"Line {line}: a name of at most {LONGEST_NAME} letters is missing.")
    if not source.startswith("https://"):
        raise NotTheList(f"Line {line}: the address of the source is missing.")
    try:
        first_day, last_day = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError as error:
        raise NotTheList(f"Line {line}: write days like 2027-02-20.") from error
    if not 0 <= (last_day - first_day).days <= LONGEST:
        raise NotTheList(f"Line {line}: {first} to {last} cannot be a holiday.")
    return Holiday(first_day, last_day, name, region, source)
