"""Changing a ladder: a row for each step, and who is enough. Rows come and go without a script."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django import forms
from django.forms.formsets import BaseFormSet, formset_factory
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from signals.ladder import CALL_LIST, DUTY, LAST, MAIL, MOST_STEPS, PUSH, SMS, STAND_IN, VOICE, Step, fault_in_quorum
from signals.ladder_words import HOUR, MINUTE, unit_of
from signals.models import Ladder
from templates.looks import dress

UNITS = {"seconds": 1, "minutes": MINUTE, "hours": HOUR}
MESSAGES: dict[str, str | Promise] = {
    PUSH: gettext_lazy("Message on the phone"),
    MAIL: gettext_lazy("Mail"),
    SMS: gettext_lazy("Text message"),
}
MORE: dict[str, str | Promise] = {
    VOICE: gettext_lazy("The computer phones"),
    CALL_LIST: gettext_lazy("Call list opens"),
    STAND_IN: gettext_lazy("Stand-in is called"),
    DUTY: gettext_lazy("Coordinator hears numbers"),
}


def ways_at(pace: str, *, first: bool) -> dict[str, str | Promise]:
    """What a step at this pace may do: for a worry nobody is phoned, and at once everybody is asked directly."""
    if pace == Ladder.Pace.WORRY:
        return MESSAGES
    return {**MESSAGES, VOICE: MORE[VOICE]} if first else {**MESSAGES, **MORE}


class StepForm(forms.Form):
    """One step: how long after the start, and by which ways. The first one comes at once."""

    use_required_attribute = False
    number = forms.IntegerField(
        label=gettext_lazy("How long after the start?"),
        min_value=1,
        max_value=9999,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "bond-number"}),
        error_messages={
            "required": gettext_lazy("Fill in how long after the start."),
            "invalid": gettext_lazy("Fill in a whole number."),
            "min_value": gettext_lazy("Fill in a number from 1."),
            "max_value": gettext_lazy("This comes later than 48 hours."),
        },
    )
    unit = forms.ChoiceField(
        label=gettext_lazy("Unit"),
        choices=[
            ("seconds", gettext_lazy("seconds")),
            ("minutes", gettext_lazy("minutes")),
            ("hours", gettext_lazy("hours")),
        ],
    )
    ways = forms.MultipleChoiceField(
        label=gettext_lazy("What happens then?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one thing that happens.")},
    )

    def __init__(self, *args: Any, pace: str, first: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if first:
            del self.fields["number"], self.fields["unit"]
        field = cast("forms.MultipleChoiceField", self.fields["ways"])
        field.choices = list(ways_at(pace, first=first).items())
        dress(field, look="chips")

    @property
    def step(self) -> Step:
        """What was filled in, once it is valid."""
        after = self.cleaned_data["number"] * UNITS[self.cleaned_data["unit"]] if "number" in self.fields else 0
        return Step(after, tuple(self.cleaned_data["ways"]))


class BaseStepFormSet(BaseFormSet[StepForm]):
    """All steps, each later than the one before it."""

    def __init__(self, data: Any = None, *, pace: str, **kwargs: Any) -> None:
        self.pace = pace
        super().__init__(data, prefix="step", **kwargs)

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        """The first one has no time."""
        return {"pace": self.pace, "first": index == 0}

    def clean(self) -> None:
        """Beside the row that is too early or too late."""
        before = -1
        for form in self.forms:
            if form.errors:
                continue
            after = form.step.after
            if after <= before:
                form.add_error("number", _("This must come later than the step before it."))
            elif after > LAST:
                form.add_error("number", _("This comes later than 48 hours."))
            before = after

    @property
    def steps(self) -> list[Step]:
        """The ladder that was filled in, once it is valid."""
        return [form.step for form in self.forms]

    @property
    def full(self) -> bool:
        """Whether no row can be added."""
        return len(self.forms) >= MOST_STEPS


StepFormSet = cast(
    "type[BaseStepFormSet]",
    formset_factory(
        StepForm,
        formset=BaseStepFormSet,
        extra=0,
        min_num=1,
        max_num=MOST_STEPS,
        absolute_max=MOST_STEPS,
        validate_min=True,
        validate_max=True,
    ),
)


class QuorumForm(forms.Form):
    """Who is enough."""

    use_required_attribute = False
    police = forms.BooleanField(label=gettext_lazy("The police must come"), required=False)
    municipality = forms.BooleanField(label=gettext_lazy("The municipality must come"), required=False)
    residents = forms.IntegerField(
        label=gettext_lazy("How many residents must come?"),
        required=False,
        min_value=0,
        help_text=gettext_lazy("Leave it empty for the usual: half of the residents, at most 3."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "bond-number"}),
        error_messages={
            "invalid": gettext_lazy("Fill in a whole number."),
            "min_value": gettext_lazy("Fill in a number from 0."),
        },
    )

    def __init__(self, *args: Any, roles: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.roles = roles

    def clean(self) -> dict[str, Any]:
        """Never more than sit at the table, and never nobody."""
        cleaned = dict(super().clean() or {})
        if "residents" in cleaned and (fault := fault_in_quorum(**cleaned, at_the_table=self.roles)):
            self.add_error("residents", fault)
        return cleaned


def rows_of(steps: Sequence[Step]) -> list[dict[str, Any]]:
    """Steps as the rows of the form."""
    rows = []
    for step in steps:
        number, unit = unit_of(step.after)
        rows.append({"number": number, "unit": unit if step.after else "minutes", "ways": list(step.ways)})
    return rows


def rows_typed(data: Mapping[str, Any], *, add: bool = False, remove: int | None = None) -> list[dict[str, Any]]:
    """The rows as they were typed, right or wrong, with one added or taken out; the first always stays."""
    try:
        count = min(int(data.get("step-TOTAL_FORMS", "1")), MOST_STEPS)
    except ValueError:
        count = 1
    rows = [
        {
            "number": data.get(f"step-{row}-number", ""),
            "unit": data.get(f"step-{row}-unit", "minutes"),
            "ways": data.getlist(f"step-{row}-ways"),  # type: ignore[attr-defined]  # a QueryDict
        }
        for row in range(count)
        if row == 0 or row != remove
    ]
    return [*rows, {"number": "", "unit": "minutes", "ways": []}] if add and len(rows) < MOST_STEPS else rows
