"""What a person changes about themselves."""

from datetime import time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from alliances.models import User
from messaging.channels import providers
from messaging.models import Channel, ContactPoint
from messaging.timing import QUIET_ENDS, QUIET_STARTS

from .sign_in import PhoneNumberField

Kind = ContactPoint.Kind
# What each use is called, wherever somebody agrees to it: short, and complete enough to say yes to.
MAIL_ME = _("Send me a mail about dinners, and when something is urgent")
TEXT_ME = _("Send me a text message about dinners, and when something is urgent")
RING_ME = _("Ring me when something is urgent, and sometimes to try it. A computer speaks.")
PHONE_ME = _("The people at the table may call me on it")
AT_LEAST_AWAKE = 8  # hours a day in which a message may come: longer quiet would be no way to be reached


class ProfileForm(forms.ModelForm[User]):
    """Name, language and function."""

    use_required_attribute = False

    class Meta:
        model = User
        fields = ["name", "language", "function_title"]
        labels = {"name": _("What may we call you?"), "language": _("Language"), "function_title": _("Your function")}
        help_texts = {"function_title": _("For police and municipality: what you do. Residents leave it empty.")}


class AddressForm(forms.Form):
    """A new address or number of one kind, with what it may be used for. Nothing is ticked beforehand but what the
    address is given for; being rung is always a choice of its own.
    """

    use_required_attribute = False

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind == Kind.EMAIL:
            self.fields["address"] = forms.EmailField(
                label=_("Your mail address"), widget=forms.EmailInput(attrs={"autocomplete": "email"})
            )
        else:
            label = _("Your mobile number") if kind == Kind.MOBILE else _("Your landline number")
            self.fields["address"] = PhoneNumberField(kind=kind, label=label)
        for name, label, ticked in uses(kind):
            self.fields[name] = forms.BooleanField(label=label, required=False, initial=ticked)

        self.kind = kind

    def clean_address(self) -> str:
        """In lower case: an address is the same person's, however it is typed."""
        return str(self.cleaned_data["address"]).lower()

    def clean(self) -> dict[str, Any]:
        """A landline that nobody may use would only stand there; the others are also for signing in."""
        cleaned = dict(super().clean() or {})
        if (
            self.kind == Kind.LANDLINE
            and not self.errors
            and not any(cleaned[name] for name, *_rest in uses(self.kind))
        ):
            self.add_error("on_call_list", ValidationError(_("Choose what is allowed on this number."), code="unused"))
        return cleaned


def uses(kind: str) -> list[tuple[str, Any, bool]]:
    """What an address of a kind may be used for: the field's name, the sentence, and whether it is ticked at first."""
    message = {Kind.EMAIL.value: MAIL_ME, Kind.MOBILE.value: TEXT_ME}.get(kind)
    found: list[tuple[str, Any, bool]] = [("may_message", message, True)] if message else []
    if kind in (Kind.MOBILE, Kind.LANDLINE):
        found += [("may_ring", RING_ME, False)] if providers(Channel.VOICE) else []
        found.append(("on_call_list", PHONE_ME, False))
    return found


class ClockField(forms.TimeField):
    """A time of the day as people write it: 21.30, 21:30 or 21."""

    widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})

    def __init__(self, **kwargs: Any) -> None:
        sentence = _("Fill in a time, such as 21.30.")
        super().__init__(
            input_formats=["%H:%M", "%H.%M", "%H:%M:%S", "%H"],
            error_messages={"invalid": sentence, "required": sentence},
            **kwargs,
        )


class QuietForm(forms.Form):
    """From when till when somebody wants quiet."""

    use_required_attribute = False
    starts = ClockField(label=_("Quiet from"), initial=QUIET_STARTS)
    ends = ClockField(label=_("until"), initial=QUIET_ENDS)

    def clean(self) -> dict[str, Any]:
        """Enough of the day is left."""
        cleaned = dict(super().clean() or {})
        if not self.errors and hours_between(cleaned["starts"], cleaned["ends"]) > 24 - AT_LEAST_AWAKE:
            sentence = _("Leave at least 8 hours a day in which a message may come.")
            raise ValidationError(sentence, code="too_long")
        return cleaned


def hours_between(starts: time, ends: time) -> float:
    """How long it lasts from one clock time to the next; none when they are the same."""
    minutes = (ends.hour - starts.hour) * 60 + ends.minute - starts.minute
    return minutes % (24 * 60) / 60
