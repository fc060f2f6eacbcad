"""Naming a stand-in, and the colleague's yes."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .joining import WordForm
from .sign_in import AddressField


class StandInForm(forms.Form):
    """Which colleague, and where the question goes."""

    use_required_attribute = False
    name = forms.CharField(
        label=_("Which colleague?"),
        max_length=60,
        help_text=_("What you call this colleague. Everybody at the table sees the name."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Fill in a name.")},
    )
    address = AddressField(
        label=_("Mobile number or mail address"),
        help_text=_(
            "A mobile number works best: then we can send a text message and call. Nobody at the table sees it."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Fill in a mobile number or a mail address.")},
    )


class StandInYesForm(WordForm):
    """The yes of who was asked: their own word, and for a mobile number whether we may call it."""

    may_ring = forms.BooleanField(
        label=_("You may also call me. A computer then reads the question to me"), required=False
    )

    def __init__(self, *args: Any, mobile: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not mobile:
            del self.fields["may_ring"]
