"""Small pictures of themes, drawn on the server: points as dots, and what became of the themes of a category.

No inline style: colours come from classes (static/css/themes.css), sizes from attributes. They are hidden from screen
readers, because the words and numbers stand beside them.
"""

from collections.abc import Iterable
from enum import Enum

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()

MOST_DOTS = 12  # the number beside them says the rest
BAR, HEIGHT = 100, 12  # of the drawing, in its own units
# Told apart without colour too: by how high they are.
HEIGHTS = {"done": 12, "failed": 5, "talked": 9, "waits": 3}


@register.simple_tag
def point_dots(given: int, mine: int) -> SafeString:
    """Draw points as dots, one's own first and darker: `{% point_dots theme.points_given theme.points_mine %}`."""
    shown = min(given, MOST_DOTS)
    if not shown:
        return SafeString("")
    dots = [("mine" if index < mine else "others", 7 + index * 14) for index in range(shown)]
    return format_html(
        '<svg class="bond-points" viewBox="0 0 {0} 14" width="{0}" height="14" aria-hidden="true" focusable="false">'
        "{1}</svg>",
        shown * 14,
        format_html_join("", '<circle class="bond-points__{}" cx="{}" cy="7" r="5"/>', dots),
    )


@register.simple_tag
def theme_bar(counts: Iterable[tuple[Enum, int]], most: int) -> SafeString:
    """Draw one bar, as long as its share of the longest, in the parts that `counts` says (outcome, number)."""
    parts, x = [], 0.0
    for outcome, number in counts:
        if number:
            width, height = BAR * number / most, HEIGHTS[outcome.value]
            parts.append((outcome.value, f"{x:.2f}", HEIGHT - height, f"{max(width - 0.6, 0.4):.2f}", height))
            x += width
    return format_html(
        '<svg class="bond-bar" viewBox="0 0 {} {}" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        "{}</svg>",
        BAR,
        HEIGHT,
        format_html_join("", '<rect class="bond-bar__{}" x="{}" y="{}" width="{}" height="{}"/>', parts),
    )
