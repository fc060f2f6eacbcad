"""What is typed in to ask which evening suits: shape, never rights."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.forms import BoundField
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings.models import Meeting
from meetings.polling import AT_LEAST, AT_MOST
from meetings.timing import Evening, NoSuchTime, moment

from .fields import ClockField, DayField, check_evening

CLOSES = time(18)  # when only a day is given
MOST_ROWS = 20  # of what is sent at all; more than eight is refused in words, more than this is not even read
ROW = re.compile(r"day_([1-9][0-9]?)$")


class PollForm(forms.Form):
    """Evenings to choose from, three fields for each: `day_1`, `begin_1`, `end_1` and so on. A row without a day is
    left out. And until when people can answer; empty means that it follows by itself.
    """

    use_required_attribute = False

    def __init__(
        self, data: QueryDict | None = None, *, meeting: Meeting, evenings: Sequence[Evening] = (), rows: int = AT_LEAST
    ) -> None:
        super().__init__(data)
        self.meeting = meeting
        self.evenings: dict[int, Evening] = {}
        self.closes_at: datetime | None = None
        self.rows = rows_in(data) if data is not None else max(rows, len(evenings))
        usual = evenings[-1] if evenings else Evening(timezone.localdate())
        for n in range(1, self.rows + 1):
            proposed = evenings[n - 1] if n <= len(evenings) else None
            clock = proposed or usual
            self.fields[f"day_{n}"] = DayField(initial=proposed and proposed.day)
            self.fields[f"begin_{n}"] = ClockField(label=gettext_lazy("Begins"), initial=clock.begin)
            self.fields[f"end_{n}"] = ClockField(label=gettext_lazy("Ends"), initial=clock.end)
        self.fields["closes_day"] = DayField(label=gettext_lazy("Answer until"), required=False)
        self.fields["closes_clock"] = ClockField(label=gettext_lazy("What time"), required=False, initial=CLOSES)

    @classmethod
    def with_a_row_more(cls, data: QueryDict, meeting: Meeting) -> "PollForm":
        """The form as it was filled in, whatever is in it, with one empty row below when there is room."""
        rows = rows_in(data)
        form = cls(meeting=meeting, rows=min(rows + 1, max(AT_MOST, rows)))
        form.initial = {name: data[name] for name in form.fields if name in data}
        for name in ("begin", "end"):
            form.initial.setdefault(f"{name}_{form.rows}", data.get(f"{name}_{rows}", ""))
        return form

    @property
    def row_fields(self) -> list[tuple[int, BoundField, BoundField, BoundField]]:
        """Number, day, beginning and end of each row."""
        return [(n, self[f"day_{n}"], self[f"begin_{n}"], self[f"end_{n}"]) for n in range(1, self.rows + 1)]

    @property
    def full(self) -> bool:
        """Whether there is room for no other evening."""
        return self.rows >= AT_MOST

    @property
    def closing_is_said(self) -> bool:
        """Whether something stands in the fields of the closing that the reader must see."""
        return bool(self["closes_day"].value()) or bool(self["closes_day"].errors or self["closes_clock"].errors)

    def clean(self) -> dict[str, Any]:
        """Put the evenings together: two to eight, none twice, and a closing before the first."""
        cleaned = super().clean() or {}
        typed = 0
        for n in range(1, self.rows + 1):
            if self.data.get(f"day_{n}", "").strip():
                typed += 1
                self._keep_row(n)
            else:  # left out, whatever stands in its times
                for name in (f"day_{n}", f"begin_{n}", f"end_{n}"):
                    self.errors.pop(name, None)
        if typed < AT_LEAST:
            only_one = _("One evening leaves nothing to choose. Add another one.")
            self.add_error(None, only_one if typed else _("Choose at least two evenings to ask about."))
        elif typed > AT_MOST:
            self.add_error(None, _("Ask about eight evenings at most. Take one out."))
        if self.evenings and not self.errors:
            self._close(cleaned.get("closes_day"), cleaned.get("closes_clock") or CLOSES)
        return cleaned

    def _keep_row(self, n: int) -> None:
        evening = check_evening(self, f"day_{n}", f"begin_{n}", f"end_{n}")
        if evening is None:
            return
        if (evening.day, evening.begin) in {(other.day, other.begin) for other in self.evenings.values()}:
            self.add_error(f"day_{n}", _("This evening is in it twice. Choose another one."))
            return
        self.evenings[n] = evening

    def _close(self, day: date | None, clock: time) -> None:
        first = min(self.meeting.starts_at, *(evening.starts_at for evening in self.evenings.values()))
        if day is None:
            return
        try:
            closes_at = moment(day, clock)
        except NoSuchTime:
            self.add_error(
                "closes_clock",
                _("This time does not exist that night: the clock is put forward. Choose another time."),
            )
            return
        if closes_at <= timezone.now():
            self.add_error("closes_day", _("That is over. Choose a later day."))
        elif closes_at >= first:
            self.add_error("closes_day", _("Choose a moment before the first evening, and before the planned one."))
        else:
            self.closes_at = closes_at


def rows_in(data: QueryDict) -> int:
    """How many rows were sent, at least two."""
    found = [int(match[1]) for name in data if (match := ROW.match(name))]
    return max(AT_LEAST, min(max(found, default=AT_LEAST), MOST_ROWS))
