"""A meeting and a year in words: the headings that are the news."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypedDict

from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as write
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliances.models import Alliance, Membership

from .models import Attendance, Meeting
from .timing import NUMBERS

SOON = 7  # days: then the weekday alone says which day


class Plate(TypedDict, total=False):
    """One of the five plates, as {% plates %} draws it."""

    state: str
    day: str
    label: str
    url: str


class Seat(TypedDict, total=False):
    """One of the ten seats, as {% table %} draws it."""

    state: str
    role: str
    initials: str
    me: bool


def day_of(meeting: Meeting, at: datetime) -> str:
    """Today, tomorrow, "Thursday" within a week, else "Thursday 3 December"; with a capital."""
    local, today = timezone.localtime(meeting.starts_at), timezone.localtime(at).date()
    away = (local.date() - today).days
    if away in (0, 1):
        return _("Tomorrow") if away else _("Today")
    return capfirst(write(local, "l" if 0 < away < SOON else "l j F"))


def heading(meeting: Meeting, member: Membership, at: datetime) -> str:
    """The news about one evening, for one reader."""
    day = day_of(meeting, at)
    date = write(timezone.localtime(meeting.starts_at), "j F")
    if meeting.state == Meeting.State.CANCELLED:
        return _("The evening of %(day)s is off") % {"day": date}
    if meeting.ends_at <= at:
        return _("On %(day)s we ate together") % {"day": date}
    if meeting.kind != Meeting.Kind.REGULAR:
        return _("%(day)s we come together") % {"day": day}
    if meeting.host is None:
        return _("%(day)s we eat together") % {"day": day}
    if meeting.host_id == member.pk:
        return _("%(day)s we eat with you, %(name)s") % {"day": day, "name": meeting.host.name}
    return _("%(day)s we eat with %(name)s") % {"day": day, "name": meeting.host.name}


def kicker(meeting: Meeting) -> str:
    """The small line above the heading: "Dinner 4 of 5", or what kind of evening it is."""
    if meeting.kind == Meeting.Kind.REGULAR:
        return _("Dinner %(number)s of 5") % {"number": meeting.number}
    return capfirst(meeting.get_kind_display())


def year_sentence(plates: Iterable[Plate]) -> str:
    """How the year goes: "3 held, 1 planned, 1 still missing."."""
    counts = dict.fromkeys(("held", "planned", "missing"), 0)
    for plate in plates:
        counts["missing" if plate["state"] == "empty" else plate["state"]] += 1
    parts = [
        _("%(n)s held") % {"n": counts["held"]},
        _("%(n)s planned") % {"n": counts["planned"]},
        ngettext("%(n)s still missing", "%(n)s still missing", counts["missing"]) % {"n": counts["missing"]},
    ]
    said = [part for part, n in zip(parts, counts.values(), strict=True) if n]
    return ", ".join(said) + "."


def year_heading(plates: Sequence[Plate], year: int) -> str:
    """The news about a year."""
    states = [plate["state"] for plate in plates]
    missing = states.count("missing") + states.count("empty")
    if missing == len(states):
        return _("Nothing is planned for %(year)s yet") % {"year": year}
    if missing:
        return ngettext(
            "%(n)s dinner is still missing in %(year)s", "%(n)s dinners are still missing in %(year)s", missing
        ) % {"n": missing, "year": year}
    if "planned" not in states:
        return _("We ate together five times in %(year)s") % {"year": year}
    return _("All five dinners of %(year)s are planned") % {"year": year}


def state_of(meeting: Meeting | None, at: datetime) -> str:
    """What the plate shows: held, planned or missing."""
    if meeting is None or meeting.state == Meeting.State.CANCELLED:
        return "missing"
    return "held" if meeting.ends_at <= at else "planned"


def plates(meetings: Iterable[Meeting], alliance: Alliance, year: int, at: datetime) -> list[Plate]:
    """The five plates of a year, from the meetings of its plan. Empty ones when nothing was ever planned."""
    numbered = {meeting.number: meeting for meeting in meetings if meeting.kind == Meeting.Kind.REGULAR}
    labels = {"held": _("held"), "planned": _("planned"), "missing": _("missing")}
    plan_url = f"{reverse('meetings:plan', args=[alliance.uuid])}?year={year}"
    if year < timezone.localtime(at).year:
        plan_url = ""
    made: list[Plate] = []
    for number in NUMBERS:
        meeting = numbered.get(number)
        state = state_of(meeting, at)
        plate = Plate(state=state, label=labels[state], url=plan_url)
        if meeting and state != "missing":
            plate["day"] = write(timezone.localtime(meeting.starts_at), "j b")
        elif numbered:
            plate["day"] = _("no. %(number)s") % {"number": number}
        else:
            plate["state"] = "empty"
            plate["label"] = ""
        if meeting:
            plate["url"] = reverse("meetings:meeting", args=[meeting.uuid])
        made.append(plate)
    return made


def dinner_seats(members: Sequence[Membership], answers: Mapping[int, str], me: Membership) -> list[Seat]:
    """The ten seats with who comes; `answers` by the membership's key."""
    states = {"": "silent", **{answer: answer for answer in Attendance.Answer.values}}
    seats = [
        Seat(
            state=states[answers.get(member.pk, "")],
            role=member.role,
            initials=member.user.initials if member.user else "",
            me=member.pk == me.pk,
        )
        for member in members
    ]
    return (seats + [Seat(state="free")] * 10)[:10]


def seats_sentence(seats: Iterable[Seat]) -> str:
    """The sentence that says the same as the drawing."""
    states = [seat["state"] for seat in seats if seat["state"] != "free"]
    return _("%(yes)s come, %(perhaps)s perhaps, %(no)s not, %(silent)s did not answer yet.") % {
        "yes": states.count("coming"),
        "perhaps": states.count("perhaps"),
        "no": states.count("not"),
        "silent": states.count("silent"),
    }


def coming_sentence(answers: Iterable[str]) -> str:
    """How many people come, in words: "5 people come. 2 say perhaps."."""
    given = list(answers)
    yes, perhaps = given.count("coming"), given.count("perhaps")
    if not yes and not perhaps:
        return _("Nobody has answered yes yet.")
    said = [ngettext("%(n)s person comes.", "%(n)s people come.", yes) % {"n": yes}] if yes else []
    if perhaps:
        said.append(ngettext("%(n)s says perhaps.", "%(n)s say perhaps.", perhaps) % {"n": perhaps})
    return " ".join(said)


def as_sentence(text: str) -> str:
    """What somebody typed, with a full stop unless it ends in one, or in a question or exclamation mark."""
    said = text.strip()
    return said if said.rstrip("\"'”’)").endswith((".", "!", "?", "…")) else f"{said}."
