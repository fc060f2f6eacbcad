"""Phone numbers and addresses as people type them, and the form to sign in with one."""

from typing import Any

import phonenumbers
from allauth.account.forms import ConfirmLoginCodeForm, RequestLoginCodeForm
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

DUTCH = "NL"


def parse_number(typed: str) -> "phonenumbers.PhoneNumber":
    """The number that was meant; Dutch unless it begins with + or 00.

    Raises ValidationError with the sentence to show.
    """
    try:
        number = phonenumbers.parse(typed, DUTCH)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_valid_number(number):
        raise ValidationError(_("This is not a phone number that we can use. Example: 06 12 34 56 78."), code="number")
    return number


def e164(number: "phonenumbers.PhoneNumber") -> str:
    """The number as +31612345678."""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def readable(address: str) -> str:
    """An address as people write it: 06 12345678, +32 2 123 45 67, or a mail address as it is."""
    if not address.startswith("+"):
        return address
    number = phonenumbers.parse(address)
    ways = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(number, ways.NATIONAL if number.country_code == 31 else ways.INTERNATIONAL)


def is_mobile(number: "phonenumbers.PhoneNumber") -> bool:
    """Whether text messages reach it."""
    return phonenumbers.number_type(number) in (
        phonenumbers.PhoneNumberType.MOBILE,
        phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
    )


class PhoneNumberField(forms.CharField):
    """A phone number as people type it; cleans to E.164. `kind` asks for a mobile number or a landline."""

    widget = forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"})

    def __init__(self, *, kind: str = "mobile", **kwargs: Any) -> None:
        self.kind = kind
        super().__init__(**{"max_length": 30, **kwargs})

    def clean(self, value: Any) -> str:
        """E.164, or an empty string."""
        typed = super().clean(value)
        if not typed:
            return ""
        number = parse_number(typed)
        if self.kind == "mobile" and not is_mobile(number):
            raise ValidationError(
                _("Text messages do not reach this number. Fill in a mobile number, such as 06 12 34 56 78."),
                code="mobile",
            )
        if self.kind == "landline" and is_mobile(number):
            raise ValidationError(_("This is a mobile number. Fill it in at mobile."), code="landline")
        return e164(number)


class AddressField(forms.CharField):
    """A mail address or a mobile number in one field; cleans to lower case or E.164."""

    def clean(self, value: Any) -> str:
        """The address."""
        typed = str(super().clean(value)).strip()
        if not typed:
            return ""
        if "@" not in typed and any(letter.isdigit() for letter in typed):
            number = parse_number(typed)
            if not is_mobile(number):
                raise ValidationError(_("This is not a mobile number. A mobile number begins with 06."), code="mobile")
            return e164(number)
        try:
            validate_email(typed)
        except ValidationError:
            raise ValidationError(_("Fill in a mail address or a mobile number."), code="address") from None
        return typed.lower()


class RequestCodeForm(RequestLoginCodeForm):  # type: ignore[misc]  # allauth carries no types
    """Signing in: one field for a mail address or a mobile number."""

    address = AddressField(
        label=_("Your mail address or mobile number"),
        help_text=_("The address or number that you use with us."),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
        error_messages={"required": _("Fill in your mail address or mobile number.")},
    )
    field_order = ["address"]
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("email", "phone"):
            self.fields[name].required = False
            self.fields[name].widget = forms.HiddenInput()

    def clean_address(self) -> str:
        """Hand the address to allauth's own checks (rate limit, who it is)."""
        address = str(self.cleaned_data["address"])
        name = "email" if "@" in address else "phone"
        self.cleaned_data[name] = address
        getattr(self, f"clean_{name}")()
        return address

    def clean(self) -> dict[str, Any]:
        """Give allauth what it expects: one of the two filled in."""
        address = self.cleaned_data.get("address", "")
        self.cleaned_data["email"] = address if "@" in address else ""
        self.cleaned_data["phone"] = "" if "@" in address else address
        return dict(self.cleaned_data)


def code_field() -> forms.CharField:
    """Where the six digits of a message are typed."""
    return forms.CharField(
        label=_("The code from your message"),
        max_length=12,
        help_text=_("Six digits. It works for 10 minutes."),
        error_messages={"required": _("Fill in the six digits from the message.")},
        widget=forms.TextInput(
            attrs={"class": "bond-code", "inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True}
        ),
    )


class ConfirmCodeForm(ConfirmLoginCodeForm):  # type: ignore[misc]  # allauth carries no types
    """Signing in, second step: the six digits of the message."""

    use_required_attribute = False
    code = code_field()
