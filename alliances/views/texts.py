"""Pages that everybody may read: the house rules, privacy, accessibility."""

import re

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from alliances.models import HouseRules


def split_rules(rules: HouseRules) -> list[tuple[str, str]]:
    """Each rule as its first sentence, which is bold, and the rest."""
    parts = (re.split(r"(?<=[.?])\s", rule, maxsplit=1) for rule in rules.rules)
    return [(part[0], part[1] if len(part) > 1 else "") for part in parts]


@login_not_required
@require_safe
def house_rules(request: HttpRequest) -> HttpResponse:
    """The eight rules."""
    newest = HouseRules.objects.latest("version")
    return render(request, "alliances/house_rules.html", {"newest": newest, "rules": split_rules(newest)})


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept, why, and what one may ask."""
    return render(request, "alliances/privacy.html")


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """What was tested and what was not."""
    return render(request, "alliances/accessibility.html")
