"""The list of areas is taken as Statistics Netherlands publishes it."""

from pathlib import Path

import pytest

from alliances.cbs import NotTheTable, read_areas
from alliances.models import Level

HEAD = ["BU_CODE", "BU_NAAM", "WK_CODE", "WK_NAAM", "GM_CODE", "GM_NAAM"]
ROW = ["BU03440321", "Zamenhofdreef en omgeving", "WK034403", "Wijk 03 Overvecht", "GM0344", "Utrecht"]
CAFE = ["BU03440331", "Café-buurt", "WK034403", "Wijk 03 Overvecht", "GM0344", "Utrecht"]


def write(path: Path, rows: list[list[str]], *, delimiter: str = ";", encoding: str = "utf-8") -> Path:
    path.write_bytes("\r\n".join(delimiter.join(row) for row in rows).encode(encoding))
    return path


def test_each_area_once_with_what_it_lies_in(tmp_path: Path) -> None:
    areas = list(read_areas(write(tmp_path / "a.csv", [HEAD, ROW, CAFE])))
    assert [(a.cbs_code, a.level, a.parent_code) for a in areas] == [
        ("GM0344", Level.CITY, None),
        ("WK034403", Level.DISTRICT, "GM0344"),
        ("BU03440321", Level.NEIGHBOURHOOD, "WK034403"),
        ("BU03440331", Level.NEIGHBOURHOOD, "WK034403"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_any_encoding_and_delimiter_and_order(tmp_path: Path, encoding: str, delimiter: str) -> None:
    rows = [["extra", *reversed(HEAD)], ["x", *reversed(ROW)], ["y", *reversed(CAFE)]]
    areas = list(read_areas(write(tmp_path / "a.csv", rows, delimiter=delimiter, encoding=encoding)))
    assert areas[-1].name == "Café-buurt"
    assert len(areas) == 4


def test_water_is_no_neighbourhood(tmp_path: Path) -> None:
    water = ["BU03449997", "Water", "WK034499", "Water", "GM0344", "Utrecht"]
    assert {a.name for a in read_areas(write(tmp_path / "a.csv", [HEAD, ROW, water]))}.isdisjoint({"Water"})


def test_another_table_is_refused_with_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(NotTheTable, match="WK_CODE"):
        list(read_areas(write(tmp_path / "a.csv", [["BU_CODE", "BU_NAAM"], ["BU03440321", "x"]])))
