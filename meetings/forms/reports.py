"""What is typed in for a report: shape, never rights."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from alliances.forms.guarded import GuardedForm
from meetings.models import Report

from .fields import one_line_end

LONG = 600
LINES: tuple[str, ...] = tuple(Report.Line.values)
TOO_LONG = gettext_lazy("This line is too long: %(show_value)s characters. A line has room for %(limit_value)s.")


class LineField(forms.CharField):
    """One line of a report. The browser does not cut off what is pasted: the page says that it is too long."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=LONG, **{"widget": forms.Textarea(attrs={"rows": 3}), **kwargs})
        self.error_messages["max_length"] = TOO_LONG

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Without `maxlength`: with it a browser throws away what does not fit, and says nothing."""
        return {key: value for key, value in super().widget_attrs(widget).items() if key != "maxlength"}

    def to_python(self, value: Any) -> str:
        """With one kind of line end: browsers send another one than they were given."""
        return one_line_end(super().to_python(value)).strip()


class BeganField(LineField):
    """The words that a line started from, hidden in the form. What is no such words never fits, and harms nothing."""

    def __init__(self) -> None:
        super().__init__(required=False, widget=forms.HiddenInput(), strip=True)

    def clean(self, value: Any) -> str:
        """Whatever was sent, as text."""
        return self.to_python(value)


class ReportForm(GuardedForm):
    """The five lines, before they are shared."""

    guarded = LINES

    discussed = LineField(label=Report.Line.DISCUSSED.label, required=False)
    agreed = LineField(label=Report.Line.AGREED.label, required=False)
    who = LineField(label=Report.Line.WHO.label, required=False)
    outside = LineField(
        label=Report.Line.OUTSIDE.label,
        required=False,
        help_text=gettext_lazy("What anybody may tell. Not who said it."),
    )
    next = LineField(label=Report.Line.NEXT.label, required=False)
    began_discussed = BeganField()
    began_agreed = BeganField()
    began_who = BeganField()
    began_outside = BeganField()
    began_next = BeganField()

    @property
    def texts(self) -> dict[str, str]:
        """What was typed, by line."""
        return {line: self.cleaned_data[line] for line in LINES}

    @property
    def began(self) -> dict[str, str]:
        """The words that each line started from."""
        return {line: self.cleaned_data[f"began_{line}"] for line in LINES}


class CorrectionForm(GuardedForm):
    """One line as it was according to the reader."""

    guarded = ("text",)

    text = LineField(
        label=gettext_lazy("This is how it was, I think"),
        help_text=gettext_lazy("No names of people who were not there."),
        error_messages={"required": gettext_lazy("Write how it was.")},
    )
    began = BeganField()
