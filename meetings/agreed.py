"""What was agreed, in words: whose it is and how it stands. Days are of Amsterdam; late is a fact and no blame."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, Q, Subquery
from django.utils.dateformat import format as write
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliances.models import Alliance, Membership

from .models import ActionPlan, Agreement, Consent, JointQuestion, Meeting

MANY = 50  # agreements on one page: years of dinners


@dataclass(frozen=True)
class Line:
    """One agreement as the lists show it: who, what, an icon and a sentence on how it stands, and the reader's part."""

    agreement: Agreement
    who: str
    icon: str
    sentence: str
    late: bool = False
    mine: bool = False
    asked: bool = False  # the reader has not said yes or no yet
    bound: bool = False  # the reader said yes

    @property
    def roles(self) -> list[str]:
        """In which role its owners sit at the table, for paper that bears no names."""
        return [one["role"] for one in vars(self.agreement)["who"]]

    @property
    def waits(self) -> bool:
        """Whether an owner did not say yes (yet), so that it does not bind."""
        return any(not one["yes"] for one in vars(self.agreement)["who"])


def open_agreements(alliance: Alliance) -> list[Agreement]:
    """What is open, by its day. One query; each has its owners as `who`, and its theme."""
    return list(alliance.agreements.open().with_owners().by_turn()[:MANY])


def to_review(meeting: Meeting) -> list[Agreement]:
    """What an evening begins with: what is open, and what was closed since the evening before it. As above.

    What this evening itself agrees is for the next one.
    """
    before = Meeting.objects.planned().filter(alliance=meeting.alliance_id, ends_at__lte=meeting.starts_at)
    since = Subquery(before.order_by("-ends_at").values("ends_at")[:1])
    found = Agreement.objects.filter(alliance=meeting.alliance_id, made_at__lt=meeting.ends_at).exclude(meeting=meeting)
    found = found.filter(Q(state=Agreement.State.OPEN) | Q(closed_at__gt=since)).exclude(state=Agreement.State.DROPPED)
    return list(found.with_owners().order_by(F("due_on").asc(nulls_last=True), "made_at")[:MANY])


def line_of(agreement: Agreement, today: date, reader: Membership | None = None) -> Line:
    """One line of the list; `agreement` comes from `with_owners()`."""
    who: list[dict[str, Any]] = vars(agreement)["who"]
    mine = next((one for one in who if reader is not None and one["member"] == reader.pk), None)
    icon, sentence = _standing(agreement, who, today)
    is_open = agreement.state == Agreement.State.OPEN
    return Line(
        agreement=agreement,
        who=names(one["name"] for one in who) or _("All of us"),
        icon=icon,
        sentence=sentence,
        late=is_open and agreement.due_on is not None and agreement.due_on < today,
        mine=mine is not None,
        asked=is_open and mine is not None and not mine["yes"] and not mine["no"],
        bound=mine is not None and bool(mine["yes"]),
    )


def names(given: Iterable[str | None]) -> str:
    """All names in a row, with "and" before the last; a former member for who was forgotten. Empty for nobody."""
    said = [name or _("a former member") for name in given]
    if len(said) < 2:
        return "".join(said)
    return _("%(first)s and %(last)s") % {"first": ", ".join(said[:-1]), "last": said[-1]}


def _standing(agreement: Agreement, who: Sequence[dict[str, Any]], today: date) -> tuple[str, str]:
    if agreement.state != Agreement.State.OPEN:
        return _closed(agreement)
    if refused := [one["name"] for one in who if one["no"] or one["left"]]:
        return "user-question", _("%(name)s cannot do it. Who can?") % {"name": names(refused)}
    waiting = names(one["name"] for one in who if not one["yes"])
    begin = _("Waits for the yes of %(name)s") % {"name": waiting} if waiting else ""
    if agreement.due_on is None:
        return ("hourglass", f"{begin}.") if begin else ("walk", _("Runs."))
    day = {"day": write(agreement.due_on, "j F")}
    if agreement.due_on < today:
        late = _("was for %(day)s") % day
        return "clock", f"{begin}, {late}." if begin else _("Not done yet, was for %(day)s.") % day
    if begin:
        return "hourglass", "{}, {}.".format(begin, _("for %(day)s") % day)
    return "walk", _("Runs, for %(day)s.") % day


def _closed(agreement: Agreement) -> tuple[str, str]:
    day = {"day": write(agreement.closed_at, "j F") if agreement.closed_at else ""}
    if agreement.state == Agreement.State.FAILED:
        return "rotate", _("Did not work, because: %(why)s") % {"why": agreement.outcome}
    if agreement.state == Agreement.State.DROPPED:
        return "archive", _("Not needed any more, since %(day)s.") % day
    said = _("Done on %(day)s.") % day
    return "check", f"{said} {agreement.outcome}".strip()


def counts_sentence(open_count: int, done_count: int) -> str:
    """How many run and how many are done: "3 agreements are open. 7 are done."."""
    said = [
        ngettext("%(n)s agreement is open.", "%(n)s agreements are open.", open_count) % {"n": open_count},
        ngettext("%(n)s is done.", "%(n)s are done.", done_count) % {"n": done_count} if done_count else "",
    ]
    return " ".join(part for part in said if part)


def plan_sentence(consents: Sequence[Consent], seats: int) -> str:
    """How a plan stands, in words: what is in the way first, and who said nothing as a number."""
    values = [consent.value for consent in consents]
    agree, live, against = (values.count(value) for value in ("agree", "live", "object"))
    silent = max(seats - len(values), 0)
    said = [
        ngettext("%(n)s objection", "%(n)s objections", against) % {"n": against} if against else "",
        ngettext("%(n)s agrees", "%(n)s agree", agree) % {"n": agree} if agree else "",
        ngettext("%(n)s can live with it", "%(n)s can live with it", live) % {"n": live} if live else "",
        ngettext("%(n)s said nothing yet", "%(n)s said nothing yet", silent) % {"n": silent} if silent else "",
    ]
    return ", ".join(part for part in said if part) + "."


def review_due(plan: ActionPlan, today: date) -> bool:
    """Whether it is time to look at a plan again."""
    return plan.ended_at is None and plan.review_on <= today


def question_sentence(question: JointQuestion, today: date) -> tuple[str, bool]:
    """How a question stands, and whether the promised day has passed without an answer."""
    if question.answered_on:
        return _("Answered on %(day)s.") % {"day": write(question.answered_on, "j F Y")}, False
    if question.promised_on is None:
        return _("No day was promised for the answer."), False
    day = {"day": write(question.promised_on, "j F")}
    if question.promised_on < today:
        return _("An answer was promised by %(day)s. There is none yet.") % day, True
    return _("An answer is promised by %(day)s.") % day, False


def days_left(final_at: datetime, at: datetime) -> int:
    """How many days a report is still open, the running one counted; 0 when it is final."""
    left = final_at - at
    return max(left.days + (left.seconds > 0 or left.microseconds > 0), 0)
