"""What is typed in about themes: shape, never rights."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from alliances.forms.guarded import GuardedForm
from meetings.models import Meeting, ThemeCategory

from .fields import with_words


class ThemeForm(GuardedForm):
    """Something to talk about."""

    guarded = ("title", "text")

    title = forms.CharField(
        label=gettext_lazy("What is it about?"),
        max_length=80,
        help_text=gettext_lazy("A few words."),
        error_messages={"required": gettext_lazy("Write in a few words what it is about.")},
    )
    text = forms.CharField(
        label=gettext_lazy("What do you notice of it here?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("One sentence is enough. Write what happens, not who it is."),
        error_messages={"required": gettext_lazy("Write one sentence on what you notice.")},
    )
    category = forms.ModelChoiceField(
        label=gettext_lazy("What kind of theme is it?"),
        queryset=ThemeCategory.objects.none(),
        empty_label=gettext_lazy("Choose"),
        error_messages={"required": gettext_lazy("Choose what comes nearest.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["category"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = ThemeCategory.objects.filter(active=True)

    def clean_title(self) -> str:
        """Words, not only signs: an emoji alone says nothing to who hears the page read aloud."""
        return with_words(self.cleaned_data["title"])

    def clean_text(self) -> str:
        return with_words(self.cleaned_data["text"])


class FeedbackForm(GuardedForm):
    """What was done with a theme."""

    guarded = ("text",)

    text = forms.CharField(
        label=gettext_lazy("What was done with it?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Also when it did not work, and why."),
        error_messages={"required": gettext_lazy("Write in one sentence what was done with it.")},
    )

    def clean_text(self) -> str:
        return with_words(self.cleaned_data["text"])


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
