"""A theme over meetings and years: what was said, agreed and done, and what did not work. Pure: views read the rows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from itertools import groupby

from django.utils import timezone
from django.utils.dateformat import format as write
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from .agreed import question_sentence
from .models import ActionPlan, Agreement, Discussion, Feedback, JointQuestion, Meeting, Theme
from .timing import moment
from .words import as_sentence

STRIP = 10  # dinners in the strip: two years
LATE = time(23, 59)
# What happened: its word, its icon, and how its mark is drawn (static/css/home.css).
KINDS = {
    "raised": (gettext_lazy("Brought in"), "message-2", "raised"),
    "discussed": (gettext_lazy("Talked about at the table"), "users", "talked"),
    "agreed": (gettext_lazy("Agreed"), "heart-handshake", "agreed"),
    "plan": (gettext_lazy("A plan lies on the table"), "file-text", "talked"),
    "asked": (gettext_lazy("Asked together"), "help-circle", "agreed"),
    "answered": (gettext_lazy("Answered"), "message-2", "done"),
    "ended": (gettext_lazy("What came of the plan"), "circle-check", "done"),
    "done": (gettext_lazy("It was done"), "circle-check", "done"),
    "failed": (gettext_lazy("Did not work"), "x", "failed"),
    "dropped": (gettext_lazy("Not needed any more"), "archive", "talked"),
    "told": (gettext_lazy("Told what was done"), "message-circle", "done"),
    "yes": (gettext_lazy("Recognised"), "check", "done"),
    "no": (gettext_lazy("Not recognised: on the table again"), "arrow-back-up", "raised"),
    "next": (gettext_lazy("On the agenda"), "calendar-event", "next"),
}


@dataclass(frozen=True)
class Event:
    """One thing that happened, in UTC, with the words that go with it."""

    at: datetime
    kind: str
    text: str = ""
    stands: str = ""  # how it stands: what everybody says to it, or by when an answer was promised

    @property
    def title(self) -> str:
        """What happened, in a word or two."""
        return str(KINDS[self.kind][0])

    @property
    def icon(self) -> str:
        """The icon of the mark."""
        return KINDS[self.kind][1]

    @property
    def mark(self) -> str:
        """How the mark is drawn."""
        return KINDS[self.kind][2]


@dataclass(frozen=True)
class Dinner:
    """One evening of the strip: `talked` (about this theme), `held` or `coming`."""

    label: str
    state: str


@dataclass(frozen=True)
class Done:
    """One line of "what was done with it": `done`, `open` or `failed`, and when."""

    state: str
    text: str
    at: datetime | None
    by: str = ""

    @property
    def icon(self) -> str:
        """The icon before it."""
        return {"done": "check", "open": "clock", "failed": "x"}[self.state]


@dataclass(frozen=True)
class Story:
    """Everything, year by year, and the strip of dinners with its sentence."""

    years: list[tuple[int, list[Event]]]
    strip: list[Dinner]
    sentence: str


def story(  # noqa: PLR0913  a keyword for each kind of row of which the story is made
    theme: Theme,
    *,
    discussions: Iterable[Discussion],
    agreements: Iterable[Agreement],
    plans: Iterable[ActionPlan],
    questions: Iterable[JointQuestion],
    feedback: Iterable[Feedback],
    dinners: Sequence[Meeting],
    notes: Mapping[int, str],
    mine: bool,
    at: datetime,
) -> Story:
    """The story of one theme, oldest first.

    discussions: with their meeting. plans: from `with_everybody()`. dinners: of the table since the theme is there, the
    oldest first, with the one on whose agenda it is. notes: what was written down about it, by meeting. mine: whether
    the reader raised it.
    """
    talks = list(discussions)
    events = [Event(theme.created_at, "raised", _("By you, in your own words.") if mine else "")]
    events += [Event(talk.meeting.starts_at, "discussed", notes.get(talk.meeting_id, "")) for talk in talks]
    for agreement in agreements:
        events += _of_agreement(agreement)
    for plan in plans:
        events += _of_plan(plan)
    for question in questions:
        events += _of_question(question, at)
    for told in feedback:
        events.append(Event(told.at, "told", told.text))
        if told.recognised_at:
            events.append(Event(told.recognised_at, "yes" if told.recognised else "no"))
    coming = theme.meeting if theme.state == Theme.State.ON_AGENDA else None
    if coming:
        events.append(Event(coming.starts_at, "next"))
    events.sort(key=lambda event: event.at)
    years = [(year, list(of_year)) for year, of_year in groupby(events, key=lambda e: timezone.localtime(e.at).year)]
    talked = {talk.meeting_id for talk in talks}
    shown = dinners[-STRIP:]
    return Story(years, _strip(shown, talked, at), _sentence(shown, talked, coming, at))


def done_with_it(agreements: Iterable[Agreement], feedback: Iterable[Feedback]) -> list[Done]:
    """What was done, then what still goes on, then what did not work; within each the oldest first."""
    lines = [Done("done", told.text, told.at, told.by.name if told.by else "") for told in feedback]
    for agreement in agreements:
        state = {"done": "done", "open": "open", "failed": "failed"}.get(agreement.state)
        if state:
            lines.append(Done(state, _words(agreement), agreement.closed_at))
    order = ("done", "open", "failed")
    return sorted(lines, key=lambda line: (order.index(line.state), line.at is None, line.at or 0))


def _of_agreement(agreement: Agreement) -> list[Event]:
    events = [Event(agreement.made_at, "agreed", as_sentence(agreement.text))]
    if agreement.closed_at:
        kind = {"done": "done", "failed": "failed"}.get(agreement.state, "dropped")
        events.append(Event(agreement.closed_at, kind, _words(agreement)))
    return events


def _of_plan(plan: ActionPlan) -> list[Event]:
    along = {"agree": _("Everybody agrees."), "live": _("Everybody can live with it.")}
    title = as_sentence(plan.title)
    events = [Event(plan.made_at, "plan", title, along.get(vars(plan)["everybody"], ""))]
    if plan.ended_at:
        events.append(Event(plan.ended_at, "ended", plan.outcome))
    return events


def _of_question(question: JointQuestion, at: datetime) -> list[Event]:
    """Of these only the day is known: they come after what happened on it."""
    stands = "" if question.answered_on else question_sentence(question, timezone.localdate(at))[0]
    asked = f"{question.to}: {as_sentence(question.text)}"
    events = [Event(moment(question.asked_on, LATE), "asked", asked, stands)]
    if question.answered_on:
        answer = f"{question.to}: {as_sentence(question.answer)}"
        events.append(Event(moment(question.answered_on, LATE), "answered", answer))
    return events


def _words(agreement: Agreement) -> str:
    """What was agreed, and what came of it when that was said."""
    return f"{as_sentence(agreement.text)} {agreement.outcome}".strip()


def _strip(dinners: Sequence[Meeting], talked: set[int], at: datetime) -> list[Dinner]:
    strip, year = [], 0
    for dinner in dinners:
        local = timezone.localtime(dinner.starts_at)
        state = "talked" if dinner.pk in talked else "held" if dinner.ends_at <= at else "coming"
        strip.append(Dinner(write(local, "M" if local.year == year else "M Y").lower(), state))
        year = local.year
    return strip


def _sentence(dinners: Sequence[Meeting], talked: set[int], coming: Meeting | None, at: datetime) -> str:
    held = [dinner for dinner in dinners if dinner.ends_at <= at or dinner.pk in talked]
    times = sum(dinner.pk in talked for dinner in held)
    said = []
    if held:
        said.append(ngettext("%(n)s evening.", "%(n)s evenings.", len(held)) % {"n": len(held)})
        said.append(
            ngettext("At %(n)s of them we talked about this.", "At %(n)s of them we talked about this.", times)
            % {"n": times}
            if times
            else _("We have not talked about this yet.")
        )
    if coming:
        day = write(timezone.localtime(coming.starts_at), "j F")
        said.append((_("On %(day)s it comes up again.") if times else _("On %(day)s it comes up.")) % {"day": day})
    return " ".join(said)
