"""What members type about their table: inviting, pausing, leaving, proposing."""

from datetime import timedelta
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from alliances.models import Area, Invitation, Proposal
from templates.looks import dress

from .guarded import GuardedForm
from .sign_in import AddressField


class InviteForm(forms.Form):
    """Whom to invite, and how the link gets there."""

    use_required_attribute = False
    name = forms.CharField(
        label=_("Whom do you invite?"),
        max_length=60,
        help_text=_("What you call this person. It stands above the message."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Fill in a name.")},
    )
    way = forms.ChoiceField(
        label=_("How does the link get there?"),
        widget=forms.RadioSelect,
        choices=[
            ("send", _("Send it for me, by mail or text message")),
            ("link", _("I share the link, I do that myself")),
            ("letter", _("On paper, as a letter")),
        ],
    )
    address = AddressField(
        label=_("Mail address or mobile number"),
        required=False,
        help_text=_("Only if we send it. We use it for this invitation and for nothing else."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["way"]
        dress(
            field,
            look="cards",
            option_icons={"send": "send", "link": "share", "letter": "printer"},
            option_help={
                "link": _("In WhatsApp, for example, to somebody you just talked to."),
                "letter": _("With a code for the camera. For who would rather have paper."),
            },
        )

    def clean(self) -> dict[str, Any]:
        """By mail or text message: then there is an address. Otherwise none is kept."""
        cleaned = dict(super().clean() or {})
        if cleaned.get("way") == "send" and not self.errors:
            if not cleaned.get("address"):
                self.add_error(
                    "address", ValidationError(_("Fill in a mail address or a mobile number."), code="required")
                )
            cleaned["way"] = Invitation.Way.MAIL if "@" in str(cleaned.get("address")) else Invitation.Way.SMS
        elif cleaned.get("way") != "send":
            cleaned["address"] = ""
        return cleaned


class DayInput(forms.DateInput):
    """The browser's own field for a day."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class PauseForm(forms.Form):
    """Until when somebody, or the whole table, takes a break."""

    use_required_attribute = False
    until = forms.DateField(
        label=_("Until which day?"), widget=DayInput(), error_messages={"required": _("Choose a day.")}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].widget.attrs["min"] = (timezone.localdate() + timedelta(days=1)).isoformat()


class LeaveForm(forms.Form):
    """Leaving, with or without the name in what was done together."""

    use_required_attribute = False
    forget_name = forms.BooleanField(
        label=_("Take my name out of what we did together"),
        required=False,
        help_text=_("The others then read “a former member”. It cannot be undone."),
    )


class ProposeForm(GuardedForm):
    """A proposal to the table: pausing or ending it, or asking somebody to leave."""

    guarded = ("reason",)
    kind = forms.ChoiceField(
        label=_("What do you propose?"),
        widget=forms.RadioSelect,
        choices=[
            (Proposal.Kind.PAUSE.value, _("A break for all of us")),
            (Proposal.Kind.END.value, _("Stopping together")),
            (Proposal.Kind.REMOVE.value, _("Asking somebody to leave the table")),
        ],
    )
    about = forms.ChoiceField(label=_("Who?"), required=False, help_text=_("Only when you ask somebody to leave."))
    until = forms.DateField(
        label=_("Until which day?"),
        required=False,
        help_text=_("For a pause. When you stop together: the last day, with time for a last dinner. Or empty."),
        widget=DayInput(),
    )
    reason = forms.CharField(label=_("Why?"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, others: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["about"]).choices = [("", _("Choose a name")), *others.items()]
        dress(
            self.fields["kind"],
            look="cards",
            option_icons={"pause": "player-pause", "end": "power", "remove": "user-minus"},
            option_help={
                "pause": _("No dinners and no messages for a while."),
                "end": _("What was done stays readable for nobody but you together."),
                "remove": _("The person is told at once, and may answer first."),
            },
        )

    def clean(self) -> dict[str, Any]:
        """Each kind asks for what it needs."""
        cleaned = dict(super().clean() or {})
        if cleaned.get("kind") == Proposal.Kind.PAUSE and not cleaned.get("until") and "until" not in self.errors:
            self.add_error("until", ValidationError(_("Choose a day."), code="required"))
        if cleaned.get("kind") == Proposal.Kind.REMOVE:
            if not cleaned.get("about") and "about" not in self.errors:
                self.add_error("about", ValidationError(_("Choose a name."), code="required"))
            if not cleaned.get("reason") and "reason" not in self.errors:
                self.add_error("reason", ValidationError(_("Write why. The person reads it too."), code="required"))
        return cleaned


class AnswerForm(forms.Form):
    """What the person says whom it is about. Not guarded: it is about themselves."""

    use_required_attribute = False
    text = forms.CharField(
        label=_("What do you think?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("All members read this."),
        error_messages={"required": _("Write what you think.")},
    )


class FoundForm(forms.Form):
    """A new alliance, in one of the coordinator's own areas."""

    use_required_attribute = False
    area = forms.ModelChoiceField(
        label=_("For which area?"), queryset=Area.objects.none(), empty_label=_("Choose an area"),
        error_messages={"required": _("Choose an area.")},
    )  # fmt: skip
    name = forms.CharField(
        label=_("What is it called?"),
        max_length=80,
        help_text=_("Short: the name of the street or neighbourhood."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Fill in a name.")},
    )

    def __init__(self, *args: Any, areas: QuerySet[Area], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ModelChoiceField[Area]", self.fields["area"]).queryset = areas
