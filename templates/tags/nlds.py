"""Draw form fields with the classes of the NL Design System (Utrecht components), and icons.

Django >= 5.2 itself writes aria-invalid and aria-describedby ("<id>_helptext <id>_error") on the control, so the
templates in templates/nlds only have to use those two ids.
"""

from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.forms.widgets import ChoiceWidget
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

TEXTBOX = "utrecht-textbox utrecht-textbox--html-input"
CLASSES: tuple[tuple[type[forms.Widget], str], ...] = (
    (
        forms.CheckboxInput,
        "utrecht-checkbox utrecht-checkbox--html-input utrecht-checkbox--custom",
    ),
    (forms.SelectMultiple, "utrecht-listbox"),
    (forms.Select, "utrecht-select utrecht-select--html-select"),
    (forms.Textarea, "utrecht-textarea utrecht-textarea--html-textarea"),
    (forms.FileInput, "bond-file"),
)
INVALID = ("utrecht-checkbox", "utrecht-select", "utrecht-textarea", "utrecht-textbox")
KINDS: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxSelectMultiple, "checkboxes"),
    (forms.RadioSelect, "radios"),
    (forms.CheckboxInput, "checkbox"),
    (forms.MultiWidget, "group"),
)


def _classes(widget: forms.Widget, *, invalid: bool) -> str:
    css = next((names for kind, names in CLASSES if isinstance(widget, kind)), TEXTBOX)
    first = css.split(maxsplit=1)[0]
    return f"{css} {first}--invalid" if invalid and first in INVALID else css


def _is_lone(field: BoundField) -> bool:
    return len(field.form.visible_fields()) == 1 and not field.form.non_field_errors()


@register.simple_tag
def nlds_widget(field: BoundField) -> SafeString:
    """Return the control of a bound field, with the classes of its component.

    A lone field with an error gets the focus: it has no error summary (templates/nlds/errors.html).
    `required` is not used: the library colours an untouched required field red, and our forms are novalidate.
    """
    widget = field.field.widget
    guarded = bool(getattr(field.field, "guard_kind", ""))  # a question, so not red
    invalid = bool(field.errors) and not guarded
    if isinstance(widget, forms.MultiWidget):
        for part in widget.widgets:
            part.attrs.setdefault("class", _classes(part, invalid=invalid))
        return field.as_widget()
    own = widget.attrs.get("class", "")
    attrs: dict[str, Any] = {"class": f"{_classes(widget, invalid=invalid)} {own}".strip()}
    if field.field.required and not isinstance(widget, forms.CheckboxInput):
        attrs["aria-required"] = "true"
    if invalid and _is_lone(field):
        attrs["autofocus"] = True
    return field.as_widget(attrs=attrs)


@register.filter
def nlds_kind(field: BoundField) -> str:
    """Return which part of templates/nlds/field.html draws this field."""
    widget = field.field.widget
    return next((name for kind, name in KINDS if isinstance(widget, kind)), "single")


@register.filter
def error_target(field: BoundField) -> str:
    """Return the id of the control that a link in the error summary goes to."""
    if nlds_kind(field) in {"radios", "checkboxes"}:
        first = next(iter(field.subwidgets), None)
        return first.id_for_label if first else field.auto_id
    return field.id_for_label or f"{field.auto_id}_0"


@register.filter
def summary_line(error: str, field: BoundField) -> str:
    """Return an error as a line of the summary: there "This field is required." alone says nothing."""
    stock = {
        str(message)
        for kind in type(field.field).__mro__
        for message in getattr(kind, "default_error_messages", {}).values()
    }
    if str(error) not in stock:
        return str(error)
    label = str(field.label)
    return f"{label} {error}" if label.endswith("?") else f"{label}: {error}"


@register.filter
def summary_count(form: forms.BaseForm) -> int:
    """Return how many lines the error summary has; 0 means no summary.

    One field needs none (the message stands beside it), and the guard on free text is a question, not an error.
    """
    general = len(form.non_field_errors())
    if not general and len(form.visible_fields()) == 1:
        return 0
    return general + sum(
        len(field.errors) for field in form.visible_fields() if not getattr(field.field, "guard_kind", "")
    )


@register.simple_tag
def option_groups(field: BoundField) -> list[tuple[str | None, list[dict[str, Any]]]]:
    """Return the choices of radios or tick boxes as (name of the group or None, options).

    An option is the dict of Django's ChoiceWidget plus `help` and `icon` (templates/looks.py). Choices without a
    group come one by one, so that a group keeps its place between them.
    """
    widget = field.field.widget
    if not isinstance(widget, ChoiceWidget):
        return []
    helps = getattr(field.field, "option_help", {})
    icons = getattr(field.field, "option_icons", {})
    value = widget.format_value(field.value())
    groups = []
    for name, options, _ in widget.optgroups(field.html_name, value, {"id": field.auto_id}):
        for option in options:
            option["help"] = helps.get(str(option["value"]), "")
            option["icon"] = icons.get(str(option["value"]), "")
        groups.append((name, options))
    return groups


@register.simple_tag
def icon(name: str, css_class: str = "") -> SafeString:
    """Return one icon of static/vendor/icons.svg (names: scripts/vendor_ui.py). Always beside a word."""
    return format_html(
        '<svg class="utrecht-icon bond-icon{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        f" {css_class}" if css_class else "",
        static("vendor/icons.svg"),
        name,
    )
