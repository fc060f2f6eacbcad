"""The steps of joining: one question each."""

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from alliances import words
from messaging.channels import providers
from messaging.models import Channel
from templates.looks import dress

from .me import MAIL_ME, PHONE_ME, RING_ME, TEXT_ME
from .sign_in import PhoneNumberField, code_field


class NameForm(forms.Form):
    """What the others call this person."""

    use_required_attribute = False
    name = forms.CharField(
        label=_("What may we call you?"),
        max_length=60,
        help_text=_("Your first name or nickname is enough. Only the people at the table see it."),
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
        error_messages={"required": _("Fill in what we may call you.")},
    )


class WordForm(forms.Form):
    """The recognition word: one of the suggestions, or one of their own."""

    use_required_attribute = False
    word = forms.ChoiceField(label=_("Choose a word"), widget=forms.RadioSelect)
    own = forms.CharField(
        label=_("Or think of one yourself"),
        required=False,
        max_length=24,
        help_text=_("One word of 3 to 24 letters that you remember easily. Not your name, street or password."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, suggestions: list[str], name: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.name = name
        field = cast("forms.ChoiceField", self.fields["word"])
        field.choices = [(word, word) for word in suggestions]
        dress(field, look="chips")

    def full_clean(self) -> None:
        """One of the two is enough; yet the page must not say that choosing is optional."""
        self.fields["word"].required = False
        super().full_clean()
        self.fields["word"].required = True

    def clean_own(self) -> str:
        """Lower case; only letters, and not a word that says too much."""
        own = str(self.cleaned_data["own"]).strip().lower()
        if not own:
            return ""
        if not words.OWN.fullmatch(own):
            raise ValidationError(_("Use 3 to 24 letters from a to z, without spaces or signs."), code="letters")
        if own in words.NOT_FOR_THIS or own in self.name.lower().split():
            raise ValidationError(_("Choose a word that nobody would guess."), code="guessable")
        return own

    def clean(self) -> dict[str, Any]:
        """The word of their own wins; nobody may have it already."""
        cleaned = dict(super().clean() or {})
        if self.errors:
            return cleaned
        chosen = cleaned.get("own") or cleaned.get("word")
        if not chosen:
            self.add_error("word", ValidationError(_("Choose a word, or think of one yourself."), code="required"))
        elif not words.is_free(chosen):
            at = "own" if cleaned.get("own") else "word"
            self.add_error(at, ValidationError(_("Somebody has this word already. Choose another one."), code="taken"))
        cleaned["chosen"] = chosen
        return cleaned


class ReachForm(forms.Form):
    """How somebody is reached: consent for each address and each use, in the reader's own voice, and nothing ticked
    beforehand. Being rung on a landline is asked later, on one's own page: nobody sits beside that phone now.
    """

    use_required_attribute = False
    mobile = PhoneNumberField(label=_("Your mobile number"), required=False)
    mobile_message = forms.BooleanField(label=TEXT_ME, required=False)
    mobile_ring = forms.BooleanField(label=RING_ME, required=False)
    mobile_phone = forms.BooleanField(label=_("The people at the table may call me"), required=False)
    email = forms.EmailField(
        label=_("Your mail address"), required=False, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    email_message = forms.BooleanField(label=MAIL_ME, required=False)
    landline = PhoneNumberField(
        kind="landline",
        label=_("Your landline number"),
        required=False,
        help_text=_("The people at the table call you there. We do not, unless you ask for it later."),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    landline_phone = forms.BooleanField(label=PHONE_ME, required=False)

    GROUPS = (
        (_("Mobile"), ("mobile", "mobile_message", "mobile_ring", "mobile_phone")),
        (_("Mail"), ("email", "email_message")),
        (_("Landline"), ("landline", "landline_phone")),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not providers(Channel.VOICE):
            del self.fields["mobile_ring"]

    def groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The fields by address, each group with its name."""
        return [(name, [self[field] for field in fields if field in self.fields]) for name, fields in self.GROUPS]

    def clean_email(self) -> str:
        """In lower case: an address is the same person's, however it is typed."""
        return str(self.cleaned_data["email"] or "").lower()

    def clean(self) -> dict[str, Any]:
        """Somewhere to send a code to, and at least one message or call that is welcome."""
        cleaned = dict(super().clean() or {})
        if self.errors:
            return cleaned
        if not cleaned["mobile"] and not cleaned["email"]:
            self.add_error(
                "mobile",
                ValidationError(_("Fill in a mobile number or a mail address. We send a code to it."), code="none"),
            )
        elif not ((cleaned["mobile"] and cleaned["mobile_message"]) or (cleaned["email"] and cleaned["email_message"])):
            at = "mobile_message" if cleaned["mobile"] else "email_message"
            self.add_error(
                at, ValidationError(_("Choose at least one way to get messages: by text or by mail."), code="way")
            )
        return cleaned


class CodeForm(forms.Form):
    """Six digits."""

    use_required_attribute = False
    code = code_field()
