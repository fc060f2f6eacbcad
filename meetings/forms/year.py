"""What is typed in about an evening and about the evenings of a year: shape, never rights."""

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliances.forms.guarded import GuardedForm
from alliances.guard import findings
from meetings.models import Habit, Meeting, Region
from meetings.timing import AMSTERDAM, AT_MOST_AHEAD, Evening, Habits
from templates.looks import dress

from .fields import ClockField, DayField, WordsField, check_evening


class EveningForm(GuardedForm):
    """A day, a beginning and an end, the place and the food."""

    guarded: tuple[str, ...] = ("food",)

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


class HabitForm(forms.Form):
    """When an alliance likes to eat together."""

    use_required_attribute = False

    weekday = forms.TypedChoiceField(
        label=gettext_lazy("Which day of the week?"),
        choices=list(WEEKDAYS.items()),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose a day of the week.")},
    )
    begin = ClockField(label=gettext_lazy("Begins"))
    end = ClockField(label=gettext_lazy("Ends"))
    months = forms.TypedMultipleChoiceField(
        label=gettext_lazy("In which months?"),
        help_text=gettext_lazy(
            "Five is handy: then there is one evening in each. Nothing ticked: spread over the year."
        ),
        choices=list(MONTHS.items()),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    region = forms.ChoiceField(
        label=gettext_lazy("Which school holidays?"),
        help_text=gettext_lazy("The region of the schools in your neighbourhood."),
        choices=Region.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose a region.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("weekday", "months", "region"):
            dress(self.fields[name], look="chips")

    @classmethod
    def of(cls, habit: Habit | None, otherwise: Habits) -> dict[str, Any]:
        """The values to begin with: the habit that was kept, else what follows from earlier evenings."""
        kept = habit or Habit(weekday=otherwise.weekday, begin=otherwise.begin, end=otherwise.end)
        return {name: getattr(kept, name) for name in ("weekday", "begin", "end", "months", "region")}

    def clean(self) -> dict[str, Any]:
        """The end after the beginning."""
        cleaned = super().clean() or {}
        begin, end = cleaned.get("begin"), cleaned.get("end")
        if isinstance(begin, time) and isinstance(end, time) and end <= begin:
            self.add_error("end", _("The end must come after the beginning."))
        return cleaned


class TensionForm(GuardedForm):
    """A day on which tension may rise."""

    guarded = ("title",)

    day = DayField()
    title = WordsField(
        label=gettext_lazy("What happens then?"),
        max_length=80,
        help_text=gettext_lazy("For example: the shelter opens, a verdict, a match. Not who it is about."),
        error_messages={"required": gettext_lazy("Write in a few words what happens then.")},
    )

    def clean_day(self) -> date:
        """A day that is still to come, within two years."""
        day: date = self.cleaned_data["day"]
        today = timezone.localdate()
        if day < today:
            raise forms.ValidationError(_("This day is over. Choose a later one."))
        if day > today + AT_MOST_AHEAD:
            raise forms.ValidationError(_("This day is more than two years away. Choose an earlier one."))
        return day
