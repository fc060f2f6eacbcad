"""Answering a call, and saying what was done with a signal."""

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alliances.forms import GuardedForm
from signals.models import URGENT_ANSWERS, WORRY_ANSWERS, Answer
from templates.looks import dress

# When somebody can be there: minutes, and the words that the others read.
SOON_ENOUGH: dict[str, str | Promise] = {
    "0": _("right away"),
    "30": _("in half an hour"),
    "120": _("in 2 hours"),
}


class AnswerForm(forms.Form):
    """An answer: one button, and perhaps when."""

    answer = forms.ChoiceField(choices=[(value.value, value.label) for value in (*URGENT_ANSWERS, *WORRY_ANSWERS)])
    over = forms.ChoiceField(choices=list(SOON_ENOUGH.items()), required=False)

    def words(self) -> str:
        """When they can be there, in the language of who answers: others read it as said. Empty unless they come."""
        over = self.cleaned_data.get("over")
        return str(SOON_ENOUGH[over]) if over and self.cleaned_data["answer"] == Answer.Value.COMING else ""


class CloseForm(GuardedForm):
    """What was done with a signal."""

    guarded = ("outcome",)
    outcome = forms.CharField(
        label=_("What was done with it?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One or two sentences are enough. Everybody at the table reads this."),
        error_messages={"required": _("Write in one sentence what was done with it.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self.fields["outcome"], heading=True)
