"""Reading the areas that Statistics Netherlands publishes with its yearly "Wijk- en Buurtkaart" (GM, WK, BU codes)."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from .models import Level

COLUMNS = ("GM_CODE", "GM_NAAM", "WK_CODE", "WK_NAAM", "BU_CODE", "BU_NAAM")


class NotTheTable(Exception):
    """The file is not this table; the sentence says what is missing."""


class AreaRow(NamedTuple):
    """One area to set up: its own code and the code of the area it lies in."""

    cbs_code: str
    name: str
    level: Level
    parent_code: str | None


def read_areas(path: Path) -> Iterator[AreaRow]:
    """Each area once, cities before districts before neighbourhoods.

    Takes the table as it comes: UTF-8 or Windows-1252, `;`, `,` or tab, columns in any order, extra columns. Rows of
    water (codes that end in 9997, or marked so) are left out. Raises NotTheTable.
    """
    rows = list(_rows(path))
    levels = ((Level.CITY, "GM", None), (Level.DISTRICT, "WK", "GM"), (Level.NEIGHBOURHOOD, "BU", "WK"))
    for level, kind, above in levels:
        seen = set()
        for row in rows:
            code, name = row[f"{kind}_CODE"], row[f"{kind}_NAAM"]
            if code and name and code not in seen:
                seen.add(code)
                yield AreaRow(code, name, level, row[f"{above}_CODE"] if above else None)


def _rows(path: Path) -> Iterator[dict[str, str]]:
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252")
    first_line = text.partition("\n")[0]
    delimiter = max(";,\t", key=first_line.count)
    reader = csv.DictReader(text.splitlines(), delimiter=delimiter)
    names = {(name or "").strip().strip('"').upper(): name for name in reader.fieldnames or ()}
    if missing := [column for column in COLUMNS if column not in names]:
        raise NotTheTable(f"This is not the list of areas: these columns are missing: {', '.join(missing)}.")
    for record in reader:
        row = {column: (record[names[column]] or "").strip() for column in COLUMNS}
        water = row["BU_CODE"][2:].endswith("9997") or "water" in (record.get(names.get("WATER", "")) or "").lower()
        if row["GM_CODE"].startswith("GM") and not water:
            yield row
