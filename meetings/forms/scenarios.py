"""What is typed in about a what-if: shape, never rights."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alliances.forms.guarded import GuardedForm
from meetings.models import Scenario

from .fields import WordsField, one_line_end


class ScenarioForm(GuardedForm):
    """What if: what may happen, and what then."""

    guarded = Scenario.WORDS

    what = WordsField(
        rows=3,
        max_length=500,
        label=_("What may happen?"),
        help_text=_("For example: what if somebody is arrested and a film of it goes round?"),
        error_messages={"required": _("Write in one sentence what may happen.")},
    )
    tensions = WordsField(rows=3, max_length=500, label=_("Which tensions do you expect?"), required=False)
    who = WordsField(
        rows=3,
        max_length=500,
        label=_("Who is hit by it?"),
        required=False,
        help_text=_("Groups and places, no names."),
    )
    talks = WordsField(
        rows=3,
        max_length=500,
        label=_("Who talks to whom?"),
        required=False,
        help_text=_("For example: the imam with the parents."),
    )
    first = WordsField(label=_("First step"), required=False, max_length=200)
    second = WordsField(label=_("Second step"), required=False, max_length=200)
    third = WordsField(label=_("Third step"), required=False, max_length=200)

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
