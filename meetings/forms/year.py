"""What is typed in about an evening and about the evenings of a year: shape, never rights."""

from collections.abc import Mapping
from datetime import time
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliances.forms.guarded import GuardedForm
from alliances.guard import findings
from meetings.models import Meeting
from meetings.timing import AMSTERDAM, Evening
from templates.looks import dress

from .fields import ClockField, DayField, check_evening


class EveningForm(GuardedForm):
    """A day, a beginning and an end, the place and the food."""

    guarded = ("food",)

    day = DayField()
    begin = ClockField(label=gettext_lazy("Begins"), initial=time(18, 30))
    end = ClockField(label=gettext_lazy("Ends"), initial=time(21))
    place = forms.CharField(
        label=gettext_lazy("Place"),
        required=False,
        max_length=160,
        help_text=gettext_lazy("This stands in the messages and in calendars. Do not write why you meet."),
    )
    food = forms.CharField(
        label=gettext_lazy("Food"),
        required=False,
        max_length=160,
        help_text=gettext_lazy("Who cooks, or what there is."),
    )

    evening: Evening | None = None

    @classmethod
    def of(cls, meeting: Meeting) -> dict[str, Any]:
        """The values of a meeting as they are, for `initial`."""
        begin, end = meeting.starts_at.astimezone(AMSTERDAM), meeting.ends_at.astimezone(AMSTERDAM)
        return {
            "day": begin.date(),
            "begin": begin.time(),
            "end": end.time(),
            "place": meeting.place,
            "food": meeting.food,
        }

    def clean(self) -> dict[str, Any]:
        """Put the evening together; ask about a place in which more than an address points at one person."""
        cleaned = super().clean()
        self.evening = check_evening(self, "day", "begin", "end")
        found = [finding for finding in findings(str(cleaned.get("place") or "")) if finding.kind != "address"]
        if found and self.data.get("guard") != "keep":
            self.add_error("place", forms.ValidationError(_("Take out what points at one person."), code="guard"))
            if self.data.get("guard") != "adjust":
                dress(self.fields["place"], guard_kind=found[0].label)
        return cleaned


class PlanForm(forms.Form):
    """The evenings of a year, three fields for each number: `day_1`, `begin_1`, `end_1` and so on."""

    use_required_attribute = False

    def __init__(self, *args: Any, year: int, evenings: Mapping[int, Evening], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.year = year
        self.proposed = dict(evenings)
        self.evenings: dict[int, Evening] = {}
        for number, evening in evenings.items():
            self.fields[f"day_{number}"] = DayField(initial=evening.day)
            self.fields[f"begin_{number}"] = ClockField(label=gettext_lazy("Begins"), initial=evening.begin)
            self.fields[f"end_{number}"] = ClockField(label=gettext_lazy("Ends"), initial=evening.end)

    def clean(self) -> dict[str, Any]:
        """Put the evenings together: each in the year of the plan, none twice."""
        cleaned = super().clean() or {}
        for number in self.proposed:
            evening = check_evening(self, f"day_{number}", f"begin_{number}", f"end_{number}")
            if evening is None:
                continue
            if evening.day.year != self.year:
                self.add_error(f"day_{number}", _("Choose a day in %(year)s.") % {"year": self.year})
            elif evening.day in {other.day for other in self.evenings.values()}:
                self.add_error(f"day_{number}", _("There is another evening on this day. Choose another day."))
            else:
                self.evenings[number] = evening
        return cleaned

    def shown(self, number: int) -> Evening:
        """The evening as the form shows it now: what was typed when it can be, else what was proposed."""
        return self.evenings.get(number, self.proposed[number])

    def field_names(self, number: int) -> tuple[str, str, str]:
        """Day, beginning and end of one evening."""
        return f"day_{number}", f"begin_{number}", f"end_{number}"
