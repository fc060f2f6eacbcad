"""The list of school holidays: what is shipped, what is read, and what the command does with it."""

import itertools
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from meetings.models import Region, SchoolHoliday
from meetings.school import COLUMNS, REGIONS, NotTheList, read, shipped
from tests.acting import acting_as, as_worker
from tests.cast import Cast

HEAD = ",".join(COLUMNS)
GOOD = "north,herfstvakantie,2030-10-12,2030-10-20,https://www.voorbeeld.example/"


def test_the_regions_are_those_of_the_model():
    assert set(REGIONS) == set(Region.values)


def test_the_shipped_list_is_whole():
    """Five holidays a school year and region, from Saturday to Sunday, none over another, the source beside each."""
    found = shipped()
    for region in REGIONS:
        mine = sorted(holiday for holiday in found if holiday.region == region)
        assert len(mine) == 4 * 5
        assert all(later.first_day > earlier.last_day for earlier, later in itertools.pairwise(mine))
    lengths = {"zomervakantie": 44, "kerstvakantie": 16}
    for holiday in found:
        assert (holiday.first_day.weekday(), holiday.last_day.weekday()) == (5, 6)
        assert (holiday.last_day - holiday.first_day).days + 1 == lengths.get(holiday.name, 9)
        assert holiday.source.startswith("https://www.rijksoverheid.nl/")


def test_the_summers_are_spread():
    """In each year the three regions begin on three Saturdays."""
    summers = [holiday for holiday in shipped() if holiday.name == "zomervakantie"]
    for year in (2026, 2027, 2028, 2029):
        begins = sorted(holiday.first_day for holiday in summers if holiday.first_day.year == year)
        assert [day - begins[0] for day in begins] == [timedelta(weeks=n) for n in range(3)]


@pytest.mark.parametrize(
    ("region", "name", "first", "last"),
    [
        ("middle", "voorjaarsvakantie", date(2027, 2, 20), date(2027, 2, 28)),
        ("south", "voorjaarsvakantie", date(2027, 2, 13), date(2027, 2, 21)),
        ("north", "zomervakantie", date(2027, 7, 10), date(2027, 8, 22)),
        ("south", "herfstvakantie", date(2027, 10, 23), date(2027, 10, 31)),
    ],
)
def test_known_holidays(region: str, name: str, first: date, last: date):
    assert any(
        (holiday.region, holiday.name, holiday.first_day, holiday.last_day) == (region, name, first, last)
        for holiday in shipped()
    )


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (GOOD.replace("north", "west"), "Line 2: the region"),
        (GOOD.replace("herfstvakantie", ""), "Line 2: a name"),
        (GOOD.replace("herfstvakantie", "x" * 41), "Line 2: a name"),
        (GOOD.replace("2030-10-12", "12-10-2030"), "Line 2: write days"),
        (GOOD.replace("2030-10-12", "2030-02-30"), "Line 2: write days"),
        (GOOD.replace("2030-10-20", "2030-10-01"), "Line 2: 2030-10-12 to"),
        (GOOD.replace("2030-10-20", "2031-10-20"), "Line 2: 2030-10-12 to"),
        (GOOD.replace("https://www.voorbeeld.example/", ""), "Line 2: the address"),
        ("north", "Line 2: a name"),
        (f"{GOOD}\n{GOOD}", "Line 3: this region"),
    ],
)
def test_a_line_that_cannot_be_says_which_and_why(line: str, sentence: str):
    with pytest.raises(NotTheList, match=sentence):
        list(read([HEAD + "\n", *line.splitlines(keepends=True)]))


def test_another_table_is_not_the_list():
    with pytest.raises(NotTheList, match="first line"):
        list(read(["Datum;Vakantie\n"]))
    with pytest.raises(NotTheList, match="first line"):
        list(read([]))


@pytest.mark.django_db
def test_a_new_database_knows_the_shipped_list(cast: Cast):
    with acting_as(cast.resident):
        assert SchoolHoliday.objects.count() == len(shipped())


@pytest.mark.django_db
def test_the_command_adds_and_follows(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    file = tmp_path / "list.csv"
    file.write_text(f"\ufeff{HEAD}\n{GOOD}\n", encoding="utf-8")
    with as_worker():
        call_command("import_school_holidays", str(file))
        file.write_text(f"{HEAD}\n{GOOD.replace('2030-10-20', '2030-10-27')}\n", encoding="utf-8")
        call_command("import_school_holidays", str(file))
        (row,) = SchoolHoliday.objects.filter(first_day__year=2030)
    assert row.last_day == date(2030, 10, 27)
    assert capsys.readouterr().out == "1 school holidays\n" * 2


@pytest.mark.django_db
def test_the_command_twice_is_the_same_as_once():
    with as_worker():
        call_command("import_school_holidays")
        call_command("import_school_holidays")
        assert SchoolHoliday.objects.count() == len(shipped())


@pytest.mark.django_db
def test_one_bad_line_and_nothing_is_imported(tmp_path: Path):
    file = tmp_path / "list.csv"
    file.write_text(f"{HEAD}\n{GOOD}\n{GOOD.replace('north', 'west')}\n", encoding="utf-8")
    with as_worker():
        with pytest.raises(CommandError, match="Line 3"):
            call_command("import_school_holidays", str(file))
        assert not SchoolHoliday.objects.filter(first_day__year=2030).exists()
        with pytest.raises(CommandError):
            call_command("import_school_holidays", str(tmp_path / "nothing.csv"))
