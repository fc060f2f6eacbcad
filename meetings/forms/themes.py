"""What is typed in about themes: shape, never rights."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliances.forms.guarded import GuardedForm
from meetings.models import Meeting, ThemeCategory

from .fields import DayField, WordsField


class ThemeForm(GuardedForm):
    """Something to talk about."""

    guarded = ("title", "text")

    title = WordsField(
        label=gettext_lazy("What is it about?"),
        max_length=80,
        help_text=gettext_lazy("A few words."),
        error_messages={"required": gettext_lazy("Write in a few words what it is about.")},
    )
    text = WordsField(
        label=gettext_lazy("What do you notice of it here?"),
        max_length=2000,
        rows=5,
        help_text=gettext_lazy("One sentence is enough. Write what happens, not who it is."),
        error_messages={"required": gettext_lazy("Write one sentence on what you notice.")},
    )
    category = forms.ModelChoiceField(
        label=gettext_lazy("What kind of theme is it?"),
        queryset=ThemeCategory.objects.none(),
        empty_label=gettext_lazy("Choose"),
        error_messages={"required": gettext_lazy("Choose what comes nearest.")},
    )

    starts_on = DayField(
        label=gettext_lazy("From when?"),
        required=False,
        help_text=gettext_lazy("The day on which it comes, such as a shelter. Leave it empty when you do not know."),
    )
    on_behalf = forms.BooleanField(
        label=gettext_lazy("I bring this in for somebody else"),
        required=False,
        help_text=gettext_lazy("The others read: on behalf of somebody else. Do not write who."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["category"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = ThemeCategory.objects.filter(active=True)
        if not self._asks_from_when():
            del self.fields["starts_on"]

    def _asks_from_when(self) -> bool:
        """Only of something that comes on a day; asked when that was chosen, so that nobody else sees the field."""
        chosen = str(self.data.get("category", "")) if self.is_bound else ""
        return (
            chosen.isascii()
            and chosen.isdecimal()
            and ThemeCategory.objects.filter(pk=chosen[:9], active=True, has_date=True).exists()
        )

    def clean(self) -> dict[str, Any]:
        """Ask once from when it is, when the field was not on the page yet; empty is an answer too."""
        cleaned = super().clean()
        if "starts_on" in self.fields and "starts_on" not in self.data:
            self.add_error("starts_on", _("Do you know from when? Fill it in, or leave it empty."))
        return cleaned


class FeedbackForm(GuardedForm):
    """What was done with a theme."""

    guarded = ("text",)

    text = WordsField(
        label=gettext_lazy("What was done with it?"),
        max_length=1000,
        rows=3,
        help_text=gettext_lazy("Also when it did not work, and why."),
        error_messages={"required": gettext_lazy("Write in one sentence what was done with it.")},
    )


class TalentForm(GuardedForm):
    """What somebody can contribute to a theme."""

    guarded = ("text",)

    text = WordsField(
        label=gettext_lazy("What can you contribute?"),
        max_length=500,
        rows=3,
        help_text=gettext_lazy("Something that you can do, have or know. For example: I can lend my garage."),
        error_messages={"required": gettext_lazy("Write in one sentence what you can contribute.")},
    )


class BringForm(GuardedForm):
    """What a professional brings to an evening, and the one question that they dare to ask."""

    guarded = ("brings", "question", "then")

    brings = WordsField(
        label=gettext_lazy("What do you bring?"),
        required=False,
        max_length=500,
        rows=3,
        help_text=gettext_lazy("What people here want to know of your work. Short, and no police data."),
    )
    question = WordsField(
        label=gettext_lazy("Which question do you dare to ask the residents?"),
        required=False,
        max_length=500,
        rows=2,
        help_text=gettext_lazy("One question. Ask something that you really do not know."),
    )
    then = WordsField(
        label=gettext_lazy("What do you do with the answer?"),
        required=False,
        max_length=500,
        rows=2,
        help_text=gettext_lazy("People see this beside your question."),
    )

    def clean(self) -> dict[str, Any]:
        """A question says what is done with the answer."""
        cleaned = super().clean()
        if cleaned.get("question") and not cleaned.get("then") and "then" not in self.errors:
            self.add_error("then", _("Say what you do with the answer. Otherwise people do not know why you ask."))
        return cleaned


class AgendaForm(forms.Form):
    """Which evening."""

    use_required_attribute = False

    meeting = forms.ChoiceField(
        label=gettext_lazy("Which evening?"),
        error_messages={
            "required": gettext_lazy("Choose an evening."),
            "invalid_choice": gettext_lazy("Choose an evening that is still to come."),
        },
    )

    def __init__(self, *args: Any, meetings: Sequence[Meeting], labels: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.meetings = {str(meeting.uuid): meeting for meeting in meetings}
        field = self.fields["meeting"]
        if isinstance(field, forms.ChoiceField):
            field.choices = list(zip(self.meetings, labels, strict=True))

    @property
    def chosen(self) -> Meeting:
        """The meeting, after validation."""
        return self.meetings[self.cleaned_data["meeting"]]
