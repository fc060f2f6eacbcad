"""What is typed in for agreements, plans and questions: shape, never rights."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliances.forms.guarded import GuardedForm
from alliances.models import Membership
from meetings.models import OWNERS, ActionPlan, Agreement, Consent, Theme
from meetings.timing import AT_MOST_AHEAD
from templates.looks import dress

from .fields import DayField, WordsField


def _day_ahead(day: date | None, before: date | None = None) -> date | None:
    """A day that is still to come, not ages away; or the one that was there before."""
    if day is None or day == before:
        return day
    if day < timezone.localdate():
        raise forms.ValidationError(_("This day is in the past. Choose a later one."), code="past")
    if day > timezone.localdate() + AT_MOST_AHEAD:
        raise forms.ValidationError(_("This day is more than two years away. Choose an earlier one."), code="far")
    return day


class OneOf(forms.ChoiceField):
    """A thing of the table, chosen by its title; nothing is a choice too."""

    def __init__(self, **kwargs: Any) -> None:
        error = gettext_lazy("Choose one of the list.")
        super().__init__(required=False, error_messages={"invalid_choice": error}, **kwargs)
        self.things: dict[str, Any] = {}

    def offer(self, things: Sequence[Theme] | Sequence[ActionPlan]) -> None:
        """What can be chosen."""
        self.things = {str(thing.uuid): thing for thing in things}
        self.choices = [("", _("None")), *((key, thing.title) for key, thing in self.things.items())]

    def clean(self, value: Any) -> Any:
        """The thing itself, or None."""
        return self.things.get(super().clean(value))


class AgreementForm(GuardedForm):
    """Who does what by when. Nobody needs to be named: then it is of all."""

    guarded = ("text",)

    text = WordsField(
        label=gettext_lazy("What do we agree?"),
        max_length=300,
        rows=2,
        help_text=gettext_lazy("One thing, in one sentence."),
        error_messages={"required": gettext_lazy("Write what you agree, in one sentence.")},
    )
    owners = forms.MultipleChoiceField(
        label=gettext_lazy("Who does it?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("One or two people, or nobody: then it is of all of us. It binds after their own yes."),
        error_messages={"invalid_choice": gettext_lazy("Choose people who sit at the table.")},
    )
    due_on = DayField(label=gettext_lazy("By when?"), required=False)
    theme = OneOf(label=gettext_lazy("Which theme is it about?"))
    plan = OneOf(label=gettext_lazy("Which plan does it belong to?"))

    def __init__(
        self,
        *args: Any,
        seats: Sequence[Membership],
        themes: Sequence[Theme] = (),
        plans: Sequence[ActionPlan] = (),
        before: Agreement | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.before = before
        self.seats = {str(seat.uuid): seat for seat in seats}
        owners, theme, plan = self.fields["owners"], self.fields["theme"], self.fields["plan"]
        if isinstance(owners, forms.MultipleChoiceField):
            owners.choices = [(key, seat.name) for key, seat in self.seats.items()]
            dress(owners, look="chips")
        for field, things in ((theme, themes), (plan, plans)):
            if isinstance(field, OneOf):
                field.offer(things)
        if not themes:
            del self.fields["theme"]
        if not plans:
            del self.fields["plan"]

    def clean_owners(self) -> list[Membership]:
        """At most two."""
        chosen = self.cleaned_data["owners"]
        if len(chosen) > OWNERS:
            raise forms.ValidationError(
                _("Choose one or two people. More than two, and nobody feels it is theirs."), code="many"
            )
        return [self.seats[key] for key in chosen]

    def clean_due_on(self) -> date | None:
        """Still to come; an agreement that is late may keep its day."""
        return _day_ahead(self.cleaned_data["due_on"], self.before.due_on if self.before else None)


class ClosingForm(GuardedForm):
    """What came of an agreement, and what who raised its theme hears of it."""

    guarded = ("outcome", "told")
    LABELS: Mapping[str, Any] = {
        "done": gettext_lazy("What came of it?"),
        "failed": gettext_lazy("It did not work, because ..."),
        "dropped": gettext_lazy("Why is it not needed any more?"),
    }

    outcome = WordsField(
        max_length=1000,
        required=False,
        rows=3,
        error_messages={"required": gettext_lazy("Write why it did not work. That helps the others.")},
    )
    told = WordsField(
        label=gettext_lazy("What was done with it?"),
        max_length=1000,
        required=False,
        rows=3,
        help_text=gettext_lazy("This stands with the theme, for who raised it. Empty it, and nothing is told."),
    )

    def __init__(self, *args: Any, state: str, with_theme: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        outcome = self.fields["outcome"]
        outcome.label = self.LABELS[state]
        outcome.required = state == Agreement.State.FAILED
        if not with_theme:
            del self.fields["told"]


class SeatForm(GuardedForm):
    """What a seat brings and what it needs."""

    guarded = ("offers", "needs")

    offers = WordsField(
        label=gettext_lazy("I bring"),
        max_length=500,
        required=False,
        rows=2,
        help_text=gettext_lazy("What you know, can or have. For example: keys of the community centre."),
    )
    needs = WordsField(
        label=gettext_lazy("I need"),
        max_length=500,
        required=False,
        rows=2,
        help_text=gettext_lazy("What would help you. For example: a number that answers in the evening."),
    )


class PlanOfActionForm(GuardedForm):
    """What we want, how, and when we look at it again."""

    guarded = ("title", "text")

    title = WordsField(
        label=gettext_lazy("What do we want?"),
        max_length=120,
        error_messages={"required": gettext_lazy("Write in a few words what you want.")},
    )
    text = WordsField(
        label=gettext_lazy("How do we do it?"),
        max_length=2000,
        rows=5,
        error_messages={"required": gettext_lazy("Write how you do it. A few sentences are enough.")},
    )
    review_on = DayField(label=gettext_lazy("When do we look at it again?"))
    theme = OneOf(label=gettext_lazy("Which theme is it about?"))

    def __init__(
        self, *args: Any, themes: Sequence[Theme] = (), before: ActionPlan | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.before = before
        theme = self.fields["theme"]
        if isinstance(theme, OneOf):
            theme.offer(themes)
        if not themes:
            del self.fields["theme"]

    def clean_review_on(self) -> date | None:
        """Still to come: a plan that is to be looked at again gets a new day."""
        return _day_ahead(self.cleaned_data["review_on"])


class ConsentForm(GuardedForm):
    """What the reader says to a plan."""

    guarded = ("why",)

    value = forms.ChoiceField(
        label=gettext_lazy("What do you think of it?"),
        choices=Consent.Value.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose what you think of it."),
            "invalid_choice": gettext_lazy("Choose what you think of it."),
        },
    )
    why = WordsField(
        label=gettext_lazy("Why?"),
        max_length=500,
        required=False,
        rows=2,
        help_text=gettext_lazy("Only needed when you object."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self.fields["value"], look="chips")

    def clean(self) -> dict[str, Any]:
        """An objection says why."""
        cleaned = super().clean()
        if cleaned.get("value") == Consent.Value.OBJECT and not cleaned.get("why") and "why" not in self.errors:
            sentence = _("Write why you object. Then the others can do something with it.")
            self.add_error("why", forms.ValidationError(sentence, code="required"))
        return cleaned


class OutcomeForm(GuardedForm):
    """What came of a plan."""

    guarded = ("outcome",)

    outcome = WordsField(
        label=gettext_lazy("What came of it?"),
        max_length=1000,
        rows=4,
        help_text=gettext_lazy("Also what did not work, and why."),
        error_messages={"required": gettext_lazy("Write in one sentence what came of it.")},
    )


class QuestionForm(GuardedForm):
    """A question of the whole table to somebody outside."""

    guarded = ("to", "text")

    to = WordsField(
        label=gettext_lazy("Whom do we ask?"),
        max_length=120,
        help_text=gettext_lazy("For example: the mayor, the housing corporation."),
        error_messages={"required": gettext_lazy("Write whom you ask.")},
    )
    text = WordsField(
        label=gettext_lazy("What do we ask?"),
        max_length=1000,
        rows=4,
        error_messages={"required": gettext_lazy("Write what you ask.")},
    )
    asked_on = DayField(label=gettext_lazy("When did we ask it?"))
    promised_on = DayField(
        label=gettext_lazy("By when was an answer promised?"),
        required=False,
        help_text=gettext_lazy("Leave it empty when no day was named."),
    )
    theme = OneOf(label=gettext_lazy("Which theme is it about?"))

    def __init__(self, *args: Any, themes: Sequence[Theme] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        theme = self.fields["theme"]
        if isinstance(theme, OneOf):
            theme.offer(themes)
        if not themes:
            del self.fields["theme"]

    def clean_asked_on(self) -> date:
        """Not in the future: what is still to be asked is an agreement."""
        day: date = self.cleaned_data["asked_on"]
        if day > timezone.localdate():
            sentence = _("This day is still to come. Write it down once you have asked.")
            raise forms.ValidationError(sentence, code="future")
        return day

    def clean(self) -> dict[str, Any]:
        """The promise lies after the question."""
        cleaned = super().clean()
        asked, promised = cleaned.get("asked_on"), cleaned.get("promised_on")
        if asked and promised and promised < asked:
            sentence = _("The answer cannot be promised for a day before you asked.")
            self.add_error("promised_on", forms.ValidationError(sentence, code="before"))
        return cleaned


class AnswerKeptForm(GuardedForm):
    """What was answered."""

    guarded = ("answer",)

    answer = WordsField(
        label=gettext_lazy("What was the answer?"),
        max_length=2000,
        rows=5,
        error_messages={"required": gettext_lazy("Write down what was answered.")},
    )


class PromiseForm(forms.Form):
    """Another day by which the answer was promised."""

    use_required_attribute = False
    promised_on = DayField(label=gettext_lazy("By when was an answer promised?"), required=False)
