"""Themes per category and what became of them: what was talked about and done. It gives no mark to a place."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, cast

from django.db.models import Exists, OuterRef
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliances.models import Alliance

from .models import Agreement, Discussion, Feedback, Theme

YEARS = 3  # of talking, the running one included


class Outcome(Enum):
    """What became of a theme."""

    DONE = "done"
    FAILED = "failed"
    TALKED = "talked"
    WAITS = "waits"

    @property
    def label(self) -> str | Promise:
        """In words."""
        return LABELS[self]


LABELS = {
    Outcome.DONE: _("something was done"),
    Outcome.FAILED: _("it did not work"),
    Outcome.TALKED: _("talked about"),
    Outcome.WAITS: pgettext_lazy("theme", "waits"),
}


@dataclass(frozen=True)
class Counted:
    """One theme as it counts."""

    category: str
    order: int
    outcome: Outcome


@dataclass(frozen=True)
class Row:
    """One category: how many themes, and what became of them, in the order of Outcome."""

    category: str
    counts: list[tuple[Outcome, int]]

    @property
    def total(self) -> int:
        """How many themes."""
        return sum(n for _outcome, n in self.counts)


@dataclass(frozen=True)
class Chart:
    """The rows with at least one theme, in the order of the categories, and the sums below them."""

    rows: list[Row]
    sums: list[tuple[Outcome, int]]

    @property
    def total(self) -> int:
        """How many themes in all."""
        return sum(n for _outcome, n in self.sums)

    @property
    def most(self) -> int:
        """The length of the longest bar, at least 1."""
        return max((row.total for row in self.rows), default=1)


def outcome_of(*, done: bool, failed: bool, talked: bool) -> Outcome:
    """What became of a theme, from what is known of it: what was done counts before what did not work."""
    if done:
        return Outcome.DONE
    if failed:
        return Outcome.FAILED
    return Outcome.TALKED if talked else Outcome.WAITS


def chart(themes: Iterable[Counted]) -> Chart:
    """Count them by category and outcome."""
    counts: Counter[tuple[int, str, Outcome]] = Counter()
    for theme in themes:
        counts[theme.order, theme.category, theme.outcome] += 1
    names = sorted({(order, category) for order, category, _outcome in counts})
    rows = [Row(name, [(outcome, counts[order, name, outcome]) for outcome in Outcome]) for order, name in names]
    sums = [(outcome, sum(dict(row.counts)[outcome] for row in rows)) for outcome in Outcome]
    return Chart(rows, sums)


def counted(alliance: Alliance, since: datetime) -> list[Counted]:
    """The themes of an alliance that were brought in since then. One query."""
    of_theme = {"theme": OuterRef("pk")}
    found = (
        Theme.objects.filter(alliance=alliance, created_at__gte=since)
        .select_related("category")
        .annotate(
            told=Exists(Feedback.objects.filter(**of_theme).exclude(recognised=False)),
            acted=Exists(Agreement.objects.filter(**of_theme, state=Agreement.State.DONE)),
            failed=Exists(Agreement.objects.filter(**of_theme, state=Agreement.State.FAILED)),
            talked=Exists(Discussion.objects.filter(**of_theme)),
        )
        .order_by()
    )
    return [
        Counted(
            str(theme.category),
            theme.category.order,
            outcome_of(
                done=theme.told or theme.acted,
                failed=theme.failed,
                talked=theme.talked or theme.state == Theme.State.DISCUSSED,
            ),
        )
        for theme in cast("Iterable[Any]", found)  # with what is annotated
    ]
