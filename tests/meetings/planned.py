"""What the tests of planning a year share."""

from datetime import date, datetime, time
from typing import Any

from alliances.models import Alliance
from meetings.models import Meeting
from meetings.timing import AMSTERDAM
from tests.make import make_meeting


def fields_of(response: Any) -> dict[str, str]:
    form = response.context["form"]
    return {"year": str(response.context["year"]), **{bound.html_name: str(bound.value()) for bound in form}}


def hints_of(response: Any) -> str:
    return " ".join(f"{hint.strong} {hint.text}" for row in response.context["rows"] for hint in row.hints)


def held(table: Alliance, day: date, **fields: Any) -> Meeting:
    return make_meeting(table, datetime.combine(day, time(18, 30), AMSTERDAM), **fields)


def evening_fields(day: date, begin: str = "18:30", end: str = "21:00", **more: str) -> dict[str, str]:
    return {"day": day.isoformat(), "begin": begin, "end": end, "place": "", "food": "", **more}
