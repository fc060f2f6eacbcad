"""Practising a call: the scenario in the table's own words."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alliances.forms import GuardedForm


class PracticeForm(GuardedForm):
    """What is practised. The key makes two taps one practice."""

    guarded = ("text",)
    text = forms.CharField(
        label=_("What do you practise?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Suppose that something happens in the neighbourhood. Write it in one or two sentences."),
        error_messages={"required": _("Write what you practise.")},
    )
    key = forms.UUIDField(widget=forms.HiddenInput)
    meeting = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["text", "key", "meeting"])
