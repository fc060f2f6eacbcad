"""What a person changes about themselves."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alliances.models import User
from messaging.models import ContactPoint

from .sign_in import PhoneNumberField


class ProfileForm(forms.ModelForm[User]):
    """Name, language and function."""

    use_required_attribute = False

    class Meta:
        model = User
        fields = ["name", "language", "function_title"]
        labels = {"name": _("What may we call you?"), "language": _("Language"), "function_title": _("Your function")}
        help_texts = {"function_title": _("For police and municipality: what you do. Residents leave it empty.")}


class AddressForm(forms.Form):
    """A new address or number of one kind, with what it may be used for."""

    use_required_attribute = False

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind == ContactPoint.Kind.EMAIL:
            self.fields["address"] = forms.EmailField(
                label=_("Your mail address"), widget=forms.EmailInput(attrs={"autocomplete": "email"})
            )
            self.fields["may_message"] = forms.BooleanField(
                label=_("Send me a mail about dinners, and when something is urgent"), required=False, initial=True
            )
        else:
            label = _("Your mobile number") if kind == ContactPoint.Kind.MOBILE else _("Your landline number")
            self.fields["address"] = PhoneNumberField(kind=kind, label=label)
            if kind == ContactPoint.Kind.MOBILE:
                self.fields["may_message"] = forms.BooleanField(
                    label=_("Send me a text message when something is urgent"), required=False, initial=True
                )
            self.fields["on_call_list"] = forms.BooleanField(
                label=_("The people at the table may call me on it"), required=False
            )

    def clean_address(self) -> str:
        """In lower case: an address is the same person's, however it is typed."""
        return str(self.cleaned_data["address"]).lower()
