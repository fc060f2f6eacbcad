"""What is typed in about a what-if: shape, never rights."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alliances.forms.guarded import GuardedForm
from meetings.models import Scenario

from .fields import with_words


class _Lines(forms.CharField):
    """A few lines of text. Browsers send line ends in their own way: they become one sign, so that what nobody touched
    is the same as before.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=500, widget=forms.Textarea(attrs={"rows": 3}), **kwargs)

    def to_python(self, value: Any) -> str:
        return str(super().to_python(one_line_end(value)))


def one_line_end(text: Any) -> str:
    """The text with every line end as one sign."""
    return str(text or "").replace("\r\n", "\n").replace("\r", "\n")


class ScenarioForm(GuardedForm):
    """What if: what may happen, and what then."""

    guarded = Scenario.WORDS

    what = _Lines(
        label=_("What may happen?"),
        help_text=_("For example: what if somebody is arrested and a film of it goes round?"),
        error_messages={"required": _("Write in one sentence what may happen.")},
    )
    tensions = _Lines(label=_("Which tensions do you expect?"), required=False)
    who = _Lines(label=_("Who is hit by it?"), required=False, help_text=_("Groups and places, no names."))
    talks = _Lines(
        label=_("Who talks to whom?"), required=False, help_text=_("For example: the imam with the parents.")
    )
    first = forms.CharField(label=_("First step"), required=False, max_length=200)
    second = forms.CharField(label=_("Second step"), required=False, max_length=200)
    third = forms.CharField(label=_("Third step"), required=False, max_length=200)

    version = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)
    together = forms.BooleanField(required=False, widget=forms.HiddenInput)

    @classmethod
    def of(cls, scenario: Scenario) -> dict[str, Any]:
        """The words of a scenario as they are, for `initial`."""
        return {"version": scenario.version, **{name: getattr(scenario, name) for name in Scenario.WORDS}}

    def words(self) -> dict[str, str]:
        """What was typed, by field, after validation."""
        return {name: self.cleaned_data[name] for name in Scenario.WORDS}

    def before(self) -> dict[str, str]:
        """The words that the page showed when it was opened: they travel with it (`was_what` and so on)."""
        return {name: one_line_end(self.data.get(f"was_{name}")).strip() for name in Scenario.WORDS}

    def clean(self) -> dict[str, Any]:
        """Words, not only signs."""
        cleaned = super().clean()
        for name in Scenario.WORDS:
            try:
                with_words(cleaned.get(name) or "x")
            except forms.ValidationError as error:
                self.add_error(name, error)
        return cleaned
