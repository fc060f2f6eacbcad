"""The four questions of raising a signal, one a page."""

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from alliances.forms import GuardedForm
from alliances.models import Membership
from meetings.models import Theme
from signals.models import TensionSignal
from templates.looks import dress

Level, Moment = TensionSignal.Level, TensionSignal.Moment


class Step(GuardedForm):
    """One of the four pages of raising a signal."""

    def to_draft(self) -> dict[str, str]:
        """What this page adds to the draft."""
        return {name: str(value) for name, value in self.cleaned_data.items()}


class WhatForm(Step):
    """Question 1."""

    guarded = ("text",)
    text = forms.CharField(
        label=_("What do you see or hear?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_(
            "Write what somebody does, not what somebody is. What do you notice of it here, in the neighbourhood?"
        ),
        error_messages={"required": _("Write briefly what you see or hear.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self.fields["text"], heading=True)


class WhereForm(Step):
    """Question 2."""

    guarded = ("place",)
    place = forms.CharField(
        label=_("Where about?"),
        max_length=120,
        help_text=_("A square, street or spot. No house number."),
        error_messages={"required": _("Write where about it is.")},
    )
    when = forms.ChoiceField(
        label=_("When?"),
        choices=TensionSignal.When.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose when it is.")},
    )


class SureForm(Step):
    """Question 3."""

    certainty = forms.ChoiceField(
        label=_("How do you know?"),
        choices=[
            ("seen", _("Seen or heard it myself")),
            ("heard", _("Somebody told me")),
            ("online", _("Read on the internet")),
        ],
        widget=forms.RadioSelect,
        help_text=_("A rumour is fine too. Then we call it that."),
        error_messages={"required": _("Choose how you know.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rumour = _("We add: rumour.")
        dress(
            self.fields["certainty"],
            look="cards",
            heading=True,
            option_help={"seen": _("We add: seen myself."), "heard": rumour, "online": rumour},
            option_icons={"seen": "eye", "heard": "ear", "online": "world"},
        )


class ThemeForm(forms.Form):
    """On the last look: is it about a theme of the table? None is chosen, and none is needed."""

    use_required_attribute = False

    theme = forms.ModelChoiceField(
        label=_("Is this about a theme of your table?"),
        queryset=Theme.objects.none(),
        to_field_name="uuid",
        required=False,
        empty_label=_("No, or I do not know"),
        help_text=_("Then the others find what you agreed about it at once."),
    )

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["theme"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = Theme.objects.filter(alliance=member.alliance).open().order_by("title")


class LevelForm(Step):
    """Question 4: keep an eye on, worry, or urgent with its moment: one choice, nothing chosen beforehand."""

    choice = forms.ChoiceField(
        label=_("How fast must we look?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how fast we must look.")},
    )

    def __init__(self, *args: Any, others: int, can_call: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["choice"]
        choices: list[tuple[str | Promise, Any]] = [("watch", pgettext_lazy("level", "Keep an eye on"))]
        if can_call:
            moments = [(Moment.NOW, _("Now")), (Moment.TODAY, _("Today")), (Moment.SOON, _("Within 48 hours"))]
            choices += [
                ("worry", pgettext_lazy("level", "Worry")),
                (pgettext_lazy("level", "Urgent"), [(value.value, label) for value, label in moments]),
            ]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices
        calls = ngettext(
            "We call %(count)d person. When must we confer?", "We call %(count)d people. When must we confer?", others
        )
        dress(
            field,
            look="cards",
            heading=True,
            option_help={
                "watch": _("No message. We talk about it at the next dinner."),
                "worry": _("The others get a message: do you notice this too?"),
                "group": calls % {"count": others},
            },
            option_icons={"watch": "eye", "worry": "alert-triangle", "group": "bell-ringing"},
        )

    def to_draft(self) -> dict[str, str]:
        """Level and moment."""
        choice = self.cleaned_data["choice"]
        urgent = choice in Moment.values
        return {"level": Level.URGENT.value if urgent else choice, "moment": choice if urgent else ""}
