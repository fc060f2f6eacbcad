"""What is typed in: shape, never rights."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliances.forms.guarded import GuardedForm
from alliances.guard import findings
from templates.looks import dress

from .models import Meeting, ThemeCategory
from .timing import AMSTERDAM, AT_MOST_AHEAD, Evening, NoSuchTime, moment

DAYS = ["%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y"]
CLOCKS = ["%H:%M", "%H.%M", "%H:%M:%S"]


class DayField(forms.DateField):
    """A day, by the browser's own calendar or typed as 28-1-2027."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", gettext_lazy("Day"))
        super().__init__(
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            input_formats=DAYS,
            error_messages={
                "required": gettext_lazy("Choose a day."),
                "invalid": gettext_lazy("This day does not exist. Write it like this: 28-1-2027."),
            },
            **kwargs,
        )


class ClockField(forms.TimeField):
    """A time of the clock, such as 18.30."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
            input_formats=CLOCKS,
            error_messages={
                "required": gettext_lazy("Choose a time."),
                "invalid": gettext_lazy("This time does not exist. Write it like this: 18.30."),
            },
            **kwargs,
        )


def _check_evening(form: forms.Form, day_name: str, begin_name: str, end_name: str) -> Evening | None:
    """The evening that was typed in, or None with the sentence beside the field that it is about."""
    day, begin, end = (form.cleaned_data.get(name) for name in (day_name, begin_name, end_name))
    if not isinstance(day, date) or not isinstance(begin, time) or not isinstance(end, time):
        return None
    if day > timezone.localdate() + AT_MOST_AHEAD:
        form.add_error(day_name, _("This day is more than two years away. Choose an earlier one."))
        return None
    for name, clock in ((begin_name, begin), (end_name, end)):
        try:
            moment(day, clock)
        except NoSuchTime:
            form.add_error(
                name, _("This time does not exist that night: the clock is put forward. Choose another time.")
            )
            return None
    evening = Evening(day, begin, end)
    if evening.ends_at <= evening.starts_at:
        form.add_error(end_name, _("The end must come after the beginning."))
    elif evening.starts_at <= timezone.now():
        past_day = day < timezone.localdate()
        form.add_error(day_name if past_day else begin_name, _("This evening is in the past. Choose a later day."))
    else:
        return evening
    return None


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
        self.evening = _check_evening(self, "day", "begin", "end")
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
            evening = _check_evening(self, f"day_{number}", f"begin_{number}", f"end_{number}")
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


class ThemeForm(GuardedForm):
    """Something to talk about."""

    guarded = ("title", "text")

    title = forms.CharField(
        label=gettext_lazy("What is it about?"),
        max_length=80,
        help_text=gettext_lazy("A few words."),
        error_messages={"required": gettext_lazy("Write in a few words what it is about.")},
    )
    text = forms.CharField(
        label=gettext_lazy("What do you notice of it here?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("One sentence is enough. Write what happens, not who it is."),
        error_messages={"required": gettext_lazy("Write one sentence on what you notice.")},
    )
    category = forms.ModelChoiceField(
        label=gettext_lazy("What kind of theme is it?"),
        queryset=ThemeCategory.objects.none(),
        empty_label=gettext_lazy("Choose"),
        error_messages={"required": gettext_lazy("Choose what comes nearest.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["category"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = ThemeCategory.objects.filter(active=True)

    def clean_title(self) -> str:
        """Words, not only signs: an emoji alone says nothing to who hears the page read aloud."""
        return _with_words(self.cleaned_data["title"])

    def clean_text(self) -> str:
        return _with_words(self.cleaned_data["text"])


class FeedbackForm(GuardedForm):
    """What was done with a theme."""

    guarded = ("text",)

    text = forms.CharField(
        label=gettext_lazy("What was done with it?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Also when it did not work, and why."),
        error_messages={"required": gettext_lazy("Write in one sentence what was done with it.")},
    )

    def clean_text(self) -> str:
        return _with_words(self.cleaned_data["text"])


class AgendaForm(forms.Form):
    """Which evening."""

    use_required_attribute = False

    meeting = forms.ChoiceField(
        label=gettext_lazy("Which evening?"),
        error_messages={
            "required": gettext_lazy("Choose an evening."),
            "invalid_choice": gettext_lazy("Choose an evening that is still to come."),
        },
    )

    def __init__(self, *args: Any, meetings: Sequence[Meeting], labels: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.meetings = {str(meeting.uuid): meeting for meeting in meetings}
        field = self.fields["meeting"]
        if isinstance(field, forms.ChoiceField):
            field.choices = list(zip(self.meetings, labels, strict=True))

    @property
    def chosen(self) -> Meeting:
        """The meeting, after validation."""
        return self.meetings[self.cleaned_data["meeting"]]


def _with_words(text: str) -> str:
    if not any(letter.isalpha() for letter in text):
        raise forms.ValidationError(_("Write it in words."), code="words")
    return text
