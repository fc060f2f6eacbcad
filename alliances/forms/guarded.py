"""Forms with free text: the guard asks once, beside the field, and the member decides."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alliances.guard import findings
from templates.looks import dress


class Guarded(forms.BaseForm):
    """Mixed into a form or model form: `guarded` names the fields with free text.

    The buttons of the question post `guard`: "keep" saves the text as it is, "adjust" shows the form
    again to change it.
    """

    guarded: tuple[str, ...] = ()

    def clean(self) -> dict[str, Any]:
        """Ask about each guarded field in which something points at one person, unless the member answered already."""
        cleaned = super().clean() or {}
        choice = self.data.get(self.add_prefix("guard")) or self.data.get("guard")
        if choice == "keep":
            return cleaned
        for name in self.guarded:
            found = findings(str(cleaned.get(name) or ""))
            if not found:
                continue
            self.add_error(name, forms.ValidationError(_("Take out what points at one person."), code="guard"))
            if choice != "adjust":
                dress(self.fields[name], guard_kind=found[0].label)
        return cleaned


class GuardedForm(Guarded, forms.Form):
    """A plain form with guarded fields."""

    use_required_attribute = False


class GuardedModelForm(Guarded, forms.ModelForm):  # type: ignore[type-arg]  # the model is the child's to name
    """A model form with guarded fields."""

    use_required_attribute = False
