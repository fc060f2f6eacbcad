"""Small pictures drawn on the server: the table with ten seats, the year, the logo. And the few words of the shell.

No inline style: colours come from classes (static/css/table.css), sizes from attributes. Texts are passed in,
translated by the caller. A picture either has one sentence (`label`) or is hidden, because the words stand beside it.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, TypedDict

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.template import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()

CENTRE = 200  # of the drawing, in its own units: the view box is 400 by 400
FIRST, STEP = (
    -72,
    36,
)  # degrees: five seats left and right of twelve o'clock, so that nobody sits at the head
MARKS = {
    "coming": "M-5 0.5l3.5 3.5l6.5 -7",
    "cannot": "M-4 -4l8 8M4 -4l-8 8",
    "not": "M-4 -4l8 8M4 -4l-8 8",
    "seen": "M-6 0h0.1M0 0h0.1M6 0h0.1",
    "perhaps": "M-6 0h0.1M0 0h0.1M6 0h0.1",
}
LEVELS = {
    "watch": ("active", "eye"),
    "worry": ("warning", "alert-triangle"),
    "urgent": ("danger", "bell-ringing"),
}
THEMES_AND_AGREEMENTS = ("theme", "agreement", "plan-of-action", "plans-of-action", "question", "seat")
SECTIONS = {
    "news": "table",
    "calendar": "me",
    "calendar-new": "me",
    "calendar-end": "me",
    "coordination": "area",
    "found": "area",
    "coordinated": "area",
    "me": "me",
    "house-rules": "",
    "privacy": "",
    "accessibility": "",
}


class Seat(TypedDict, total=False):
    """One of the ten seats: what a view passes to {% table %}."""

    state: str
    role: str
    initials: str
    me: bool


def _point(radius: float, angle: float) -> tuple[float, float]:
    radians = math.radians(angle)
    return round(CENTRE + radius * math.cos(radians), 1), round(CENTRE + radius * math.sin(radians), 1)


def _arc(radius: float, angle: float, half: float) -> str:
    (x1, y1), (x2, y2) = _point(radius, angle - half), _point(radius, angle + half)
    return f"M{x1} {y1}A{radius} {radius} 0 0 1 {x2} {y2}"


@cache
def _place(index: int) -> dict[str, str]:
    """Where the seat with this number is drawn; as text, because localisation would write a comma."""
    angle = FIRST + STEP * index
    (x, y), (plate_x, plate_y), (mark_x, mark_y) = (
        _point(150, angle),
        _point(78, angle),
        _point(171, angle + 8),
    )
    return {
        "x": str(x),
        "y": str(y),
        "plate_x": str(plate_x),
        "plate_y": str(plate_y),
        "mark_x": str(mark_x),
        "mark_y": str(mark_y),
        "back": _arc(189, angle, 8.5),
        "wedge": f"M{CENTRE} {CENTRE}L{_arc(104, angle, 18).removeprefix('M')}Z",
    }


def _placed(seat: Mapping[str, Any], index: int, mode: str) -> dict[str, Any]:
    state, role = seat["state"], seat.get("role", "")
    return {
        "state": state,
        "role": role,
        "me": seat.get("me", False),
        "initials": "…" if state == "invited" else seat.get("initials", ""),
        **_place(index),
        "lit": state == "coming",
        "letter": {"police": _("P"), "municipality": _("M"), "resident": _("R")}.get(role, "")
        if mode in {"who", "desk"} and state == "taken"
        else "",
        "mark": MARKS.get(state, ""),
    }


@register.inclusion_tag("partials/table.html")
def table(
    seats: Sequence[Mapping[str, Any]],
    mode: str = "who",
    big: object = "",
    small: str = "",
    label: str = "",
    invite_url: str = "",
    invite_label: str = "",
) -> dict[str, Any]:
    """Draw the table with ten seats.

    seats: ten mappings (Seat). State by mode: who, desk: taken, invited, free; call: coming, seen, cannot, silent;
    dinner: coming, perhaps, not, silent; review: taken. Role: police, municipality, resident.
    big, small: the number and the word in the middle. label: the sentence that says the same as the drawing; without
    it the drawing is hidden from screen readers. invite_url: makes all free seats one link, named invite_label.
    """
    placed = [_placed(seat, index, mode) for index, seat in enumerate(seats)]
    return {
        "mode": mode,
        "big": big,
        "small": small,
        "label": label,
        "invite_url": invite_url,
        "invite_label": invite_label,
        "sitting": [seat for seat in placed if seat["state"] != "free"],
        "free": [seat for seat in placed if seat["state"] == "free"],
    }


@register.inclusion_tag("partials/table.html")
def empty_table() -> dict[str, Any]:
    """Draw the table without anybody, as decoration: error pages and pages before sign-in."""
    return table([{"state": "free"}] * 10)


@register.inclusion_tag("partials/plates.html")
def plates(dinners: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Draw the year as plates: mappings with state (held, planned, missing, empty), day, label and perhaps url."""
    return {"dinners": list(dinners)}


@register.simple_tag
def five_dots(states: Iterable[str]) -> SafeString:
    """Draw the year in 84 by 18 pixels: held (filled), planned (ring), else (dash). The words stand beside it."""
    parts = []
    for index, state in enumerate(states):
        x = 8 + index * 17
        if state == "held":
            parts.append(format_html('<circle class="bond-dots__held" cx="{}" cy="9" r="6"/>', x))
        elif state == "planned":
            parts.append(format_html('<circle class="bond-dots__planned" cx="{}" cy="9" r="5"/>', x))
        else:
            parts.append(format_html('<path class="bond-dots__missing" d="M{} 9h8"/>', x - 4))
    return _hidden_svg("bond-dots", 84, 18, parts)


@register.simple_tag
def ten_seats(states: Iterable[str]) -> SafeString:
    """Draw ten seats in 56 by 22 pixels: taken, invited or free. The words stand beside it."""
    parts = [
        format_html(
            '<rect class="bond-seats__{}" x="{}" y="{}" width="8" height="8" rx="2.5"/>',
            state,
            1 + index % 5 * 11,
            1 + index // 5 * 11,
        )
        for index, state in enumerate(states)
    ]
    return _hidden_svg("bond-seats", 56, 22, parts)


def _hidden_svg(name: str, width: int, height: int, parts: Iterable[SafeString]) -> SafeString:
    return format_html(
        '<svg class="{0}" viewBox="0 0 {1} {2}" width="{1}" height="{2}" '
        'aria-hidden="true" focusable="false">{3}</svg>',
        name,
        width,
        height,
        format_html_join("", "{}", ((part,) for part in parts)),
    )


@register.simple_tag
def logo() -> SafeString:
    """Draw the emblem: a round table from above, ten seats, one open."""
    seats = []
    for index in range(10):
        radians = math.radians(FIRST + STEP * index)
        x, y = (
            f"{24 + 18.4 * math.cos(radians):.2f}",
            f"{24 + 18.4 * math.sin(radians):.2f}",
        )
        name, radius = ("open", "3.2") if index == 0 else ("taken", "4")
        seats.append((name, x, y, radius))
    return format_html(
        '<svg class="bond-logo" viewBox="0 0 48 48" aria-hidden="true" focusable="false">'
        '<circle class="bond-logo__table" cx="24" cy="24" r="11.4"/>'
        '<circle class="bond-logo__lamp" cx="24" cy="24" r="4.2"/>'
        "{}</svg>",
        format_html_join("", '<circle class="bond-logo__{}" cx="{}" cy="{}" r="{}"/>', seats),
    )


@register.inclusion_tag("partials/level.html")
def level(key: str, label: str) -> dict[str, Any]:
    """Draw the badge of a signal's level (watch, worry, urgent) with the word passed in."""
    css, icon = LEVELS[key]
    return {"css": css, "icon": icon, "label": label}


@register.filter
def tel(number: str) -> str:
    """Return the address behind a telephone number: "085 000 01 23" gives "tel:0850000123"."""
    return "tel:" + "".join(sign for sign in str(number) if sign.isdigit() or sign == "+")


@register.simple_tag
def phone_link(number: str) -> SafeString:
    """Return a telephone number as a link that does not break over two lines."""
    return format_html(
        '<a class="utrecht-link utrecht-link--html-a bond-nowrap" href="{}">{}</a>',
        tel(number),
        number,
    )


@register.simple_tag
def house() -> dict[str, str]:
    """Return name, number and theme from the settings: error pages are drawn without context processors."""
    return {
        "name": getattr(settings, "APPLICATION_NAME", ""),
        "number": getattr(settings, "CONTACT_NUMBER", ""),
        "theme_css": getattr(settings, "THEME_CSS", ""),
        "theme_class": getattr(settings, "THEME_CLASS", ""),
    }


@register.simple_tag(takes_context=True)
def section(context: Context) -> str:
    """Return in which part of the menu this page is: table, dinners, themes, signals, area, me, or nothing."""
    request = context.get("request")
    match = request.resolver_match if isinstance(request, HttpRequest) else None
    if match is None:
        return ""
    name = match.url_name or ""
    if match.namespace == "meetings":
        return "themes" if name.startswith(THEMES_AND_AGREEMENTS) else SECTIONS.get(name, "dinners")
    if match.namespace == "alliances":
        return SECTIONS.get(name, "table")
    return "signals" if match.namespace == "signals" else ""
