"""How a form field looks, said in the form: what the templates in templates/nlds read."""

from collections.abc import Mapping

from django.forms import Field
from django.utils.functional import Promise


def dress(
    field: Field,
    *,
    look: str | None = None,
    heading: bool | None = None,
    option_help: Mapping[str, str | Promise] | None = None,
    option_icons: Mapping[str, str] | None = None,
    guard_kind: str | Promise | None = None,
) -> None:
    """Set the looks of a field; what is None stays as it was.

    look: for radios and tick boxes: "cards" (big, one below the other), "chips" (small, side by side).
    heading: the label is the heading (h1) of the page: one question per page.
    option_help, option_icons: text and icon name per value; the key "group" is for the named group of choices.
    guard_kind: what the guard on free text saw ("phone number"): the yellow question takes the place of the error.
    """
    said = {
        "look": look,
        "heading": heading,
        "option_help": option_help,
        "option_icons": option_icons,
        "guard_kind": guard_kind,
    }
    vars(field).update({name: value for name, value in said.items() if value is not None})
