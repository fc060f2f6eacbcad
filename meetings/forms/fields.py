"""Fields that several forms of the meetings share: a day, a time of the clock, a text in words."""

from datetime import date, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings.timing import AT_MOST_AHEAD, Evening, NoSuchTime, moment

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


def check_evening(form: forms.Form, day_name: str, begin_name: str, end_name: str) -> Evening | None:
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


def in_words(text: str) -> None:
    """Validate that a text is more than signs: an emoji alone says nothing to who hears the page read aloud.

    Raises:
        ValidationError: There is not one letter in it.
    """
    if not any(letter.isalpha() for letter in text):
        raise forms.ValidationError(_("Write it in words."), code="words")


def one_line_end(text: Any) -> str:
    """The text with every line end as one sign: browsers send their own, and what nobody touched stays the same."""
    return str(text or "").replace("\r\n", "\n").replace("\r", "\n")


class WordsField(forms.CharField):
    """A text in words, on one line or with room for a number of `rows`."""

    def __init__(self, *, rows: int = 0, **kwargs: Any) -> None:
        if rows:
            kwargs["widget"] = forms.Textarea(attrs={"rows": rows})
        super().__init__(validators=[in_words], **kwargs)

    def to_python(self, value: Any) -> str:
        """With one kind of line end."""
        return one_line_end(super().to_python(value))
