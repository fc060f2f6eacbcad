"""What a report can begin with, so that nobody types what is known already (method, rule 9). Four queries."""

from collections.abc import Iterable

from django.utils import timezone
from django.utils.dateformat import format as write
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _

from .agreed import names
from .models import AgendaPoint, Agreement, Meeting, Theme
from .words import as_sentence

LONG = 600  # of one line of a report


def draft_of(meeting: Meeting) -> dict[str, str]:
    """The five lines as far as they follow from the evening: its themes, its agreements, and what comes next."""
    agreements = list(meeting.agreements.with_owners().order_by("made_at"))
    lines = {
        "discussed": _list(_titles(meeting)),
        "agreed": _list(agreement.text for agreement in agreements),
        "who": _list(_whose(agreement) for agreement in agreements if vars(agreement)["who"]),
        "outside": "",
        "next": _next(meeting),
    }
    return {line: Truncator(text).chars(LONG) for line, text in lines.items()}


def notes_of(meeting: Meeting) -> list[str]:
    """What was noted during the evening, in the order in which it was written."""
    noted = AgendaPoint.objects.filter(meeting=meeting).exclude(notes="").order_by("pk")
    return list(noted.values_list("notes", flat=True))


def _titles(meeting: Meeting) -> list[str]:
    talked = Theme.objects.filter(discussions__meeting=meeting) | Theme.objects.filter(meeting=meeting)
    return list(talked.distinct().order_by("created_at").values_list("title", flat=True))


def _whose(agreement: Agreement) -> str:
    said = vars(agreement)
    line = f"{names(one['name'] for one in said['who'])}: {said['text']}"
    if said["due_on"]:
        line += ", " + _("for %(day)s") % {"day": write(said["due_on"], "j F")}
    return line


def _next(meeting: Meeting) -> str:
    later = Meeting.objects.filter(alliance=meeting.alliance_id, starts_at__gt=meeting.ends_at).planned()
    coming = later.order_by("starts_at").first()
    return capfirst(write(timezone.localtime(coming.starts_at), "l j F")) + "." if coming else ""


def _list(parts: Iterable[str]) -> str:
    return "\n".join(capfirst(as_sentence(part)) for part in parts if part.strip())
