"""What is typed in about one dinner: its place, the food, a guest, the notes and the minutes. Shape, never rights."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliances.forms.guarded import GuardedForm
from alliances.guard import findings
from meetings.agenda import Point
from meetings.models import FoodWish, Meeting
from templates.looks import dress

from .fields import WordsField
from .year import EveningForm


class DinnerForm(EveningForm):
    """All that is practical about an evening."""

    guarded = ("food", "access", "costs")

    route = WordsField(
        label=gettext_lazy("How do you get there?"),
        required=False,
        max_length=500,
        rows=3,
        help_text=gettext_lazy("Which bus, which door. Guests read this too."),
    )
    access = forms.CharField(
        label=gettext_lazy("Can everybody get in?"),
        required=False,
        max_length=160,
        help_text=gettext_lazy("A doorstep, stairs, a toilet for a wheelchair."),
    )
    costs = forms.CharField(
        label=gettext_lazy("Costs"),
        required=False,
        max_length=160,
        help_text=gettext_lazy("Who pays what, or nothing."),
    )

    @classmethod
    def of(cls, meeting: Meeting) -> dict[str, Any]:
        """The values of a meeting as they are, for `initial`."""
        return {**super().of(meeting), "route": meeting.route, "access": meeting.access, "costs": meeting.costs}

    def clean(self) -> dict[str, Any]:
        """Ask about a route in which more than an address points at one person, as about the place."""
        cleaned = super().clean()
        found = [finding for finding in findings(str(cleaned.get("route") or "")) if finding.kind != "address"]
        if found and self.data.get("guard") != "keep":
            self.add_error("route", forms.ValidationError(_("Take out what points at one person."), code="guard"))
            if self.data.get("guard") != "adjust":
                dress(self.fields["route"], guard_kind=found[0].label)
        return cleaned

    @property
    def practical(self) -> dict[str, str]:
        """What is not the date, after validation."""
        return {name: self.cleaned_data[name] for name in ("place", "food", "route", "access", "costs")}


class FoodForm(forms.Form):
    """What somebody does not eat, by ticks: no free text about faith or health."""

    use_required_attribute = False

    wishes = forms.MultipleChoiceField(
        label=gettext_lazy("Tick what goes for you"),
        required=False,
        choices=FoodWish.Wish.choices,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self.fields["wishes"], look="chips")


class DishForm(GuardedForm):
    """What somebody brings along."""

    guarded = ("what",)

    what = WordsField(
        label=gettext_lazy("What do you bring along?"),
        required=False,
        max_length=80,
        help_text=gettext_lazy("Bread, a salad, nothing: everything is fine."),
    )


class GuestForm(GuardedForm):
    """An expert for one evening."""

    guarded = ("about",)

    name = WordsField(
        label=gettext_lazy("Who is it?"),
        max_length=60,
        help_text=gettext_lazy("Only you at the table read this."),
        error_messages={"required": gettext_lazy("Write who it is.")},
    )
    about = WordsField(
        label=gettext_lazy("What do they know about?"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("Fireworks, debts, young people."),
    )


class ThanksForm(GuardedForm):
    """A line of thanks; `before` are the words that stood there when the page was opened."""

    guarded = ("text",)

    text = WordsField(
        label=gettext_lazy("What do you want to say thank you for?"),
        max_length=300,
        rows=2,
        error_messages={"required": gettext_lazy("Write one sentence.")},
    )
    before = forms.CharField(required=False, max_length=300, widget=forms.HiddenInput, strip=False)


class NotesForm(GuardedForm):
    """What was written down with one item; `version` is what the page showed."""

    guarded = ("notes",)

    notes = WordsField(
        label=gettext_lazy("Notes"),
        required=False,
        max_length=4000,
        rows=3,
    )
    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)


class MinutesForm(forms.Form):
    """Minutes for each item of an agenda; an empty field leaves it to what fits."""

    use_required_attribute = False

    def __init__(self, *args: Any, points: Iterable[Point], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.keys: dict[str, str] = {}
        for point in points:
            name = f"minutes-{point.item.key}"  # not its place in the list, which may change meanwhile
            self.keys[name] = point.item.key
            self.fields[name] = forms.IntegerField(
                label=point.item.title,
                required=False,
                min_value=1,
                max_value=240,
                initial=point.planned,
                widget=forms.NumberInput(attrs={"inputmode": "numeric", "placeholder": str(point.minutes)}),
                error_messages={
                    "invalid": gettext_lazy("Write a number of minutes, such as 15."),
                    "min_value": gettext_lazy("At least 1 minute."),
                    "max_value": gettext_lazy("At most 240 minutes."),
                },
            )

    @property
    def planned(self) -> dict[str, int | None]:
        """Minutes by the key of the item, after validation."""
        return {key: self.cleaned_data[name] for name, key in self.keys.items()}
