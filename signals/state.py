"""One call as its page shows it: who comes, who is silent and what was tried, and what the heading says."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from messaging.models import ContactPoint

from .attempts import Reached
from .headline import headline
from .ladder import CALL_LIST, CHANNELS, VOICE
from .models import Answer, Call, CallEvent, CallRecipient, CallStep, TensionSignal
from .quorum import Quorum, quorum
from .rows import Pulse, read
from .timeline import Entry, Rows, called_by, timeline, user_of

SEATS = 10
ASKS = ("call_urgent", "call_urgent_again", "call_worry", "call_stand_in")
# How an answer is drawn: a seat of the table in mode "call".
DRAWN = {
    Answer.Value.COMING: "coming",
    Answer.Value.NOTICE: "coming",
    Answer.Value.SEEN: "seen",
    Answer.Value.UNKNOWN: "seen",
    Answer.Value.CANNOT: "cannot",
    Answer.Value.NOTHING: "cannot",
}


@dataclass
class Person:
    """Somebody who is called: what they said, what was tried, and how to phone them."""

    recipient: CallRecipient
    role: str
    name: str
    initials: str
    answer: str
    answer_text: str
    reached: Reached
    unreachable: bool
    phones: list[ContactPoint]
    asked_again_at: datetime | None
    now: datetime

    @property
    def own_words(self) -> bool:
        """Whether the text of their answer is in their own words, and not one of ours."""
        return getattr(self.recipient, "via", "") == Answer.Via.SMS

    @property
    def drawn(self) -> str:
        """The state of their seat in the drawing."""
        return DRAWN.get(Answer.Value(self.answer), "silent") if self.answer else "silent"

    @property
    def answer_label(self) -> str:
        """Their answer in words."""
        return str(Answer.Value(self.answer).label) if self.answer else ""

    @property
    def tried(self) -> list[str]:
        """What was tried to reach them, in sentences."""
        if self.unreachable and not self.reached.sent.total() and not self.reached.rang:
            return [_("We cannot send messages here. Phone first.")]
        return self.reached.sentences(self.now, hour)

    @property
    def landline_only(self) -> bool:
        """Only a landline may be phoned: call this person first."""
        return bool(self.phones) and all(point.kind == ContactPoint.Kind.LANDLINE for point in self.phones)


@dataclass
class CallState:
    """A call and everything around it, for one reader."""

    rows: Rows
    people: list[Person]
    pulse: Pulse
    now: datetime

    @property
    def call(self) -> Call:
        return self.rows.call

    @cached_property
    def quorum(self) -> Quorum:
        return quorum(self.call.needed, [p.role for p in self.people if p.answer == Answer.Value.COMING])

    @property
    def urgent(self) -> bool:
        return self.call.level == TensionSignal.Level.URGENT

    @cached_property
    def noticing(self) -> int:
        """How many notice it too, besides who raised it."""
        started_by = self.call.started_by_id
        return sum(
            person.answer == Answer.Value.NOTICE and person.recipient.membership_id != started_by
            for person in self.people
        )

    @property
    def enough(self) -> bool:
        """Whether the tone may drop: the quorum of an urgent call is there, or it is over."""
        return not self.call.runs or (self.urgent and self.quorum.enough)

    @property
    def waits(self) -> bool:
        """Whether the call still waits for the end of the quiet hours."""
        return self.call.runs and self.call.begins_at > self.now + timedelta(seconds=1)

    @cached_property
    def nobody(self) -> bool:
        """Whether everybody but who called stays silent, also after they were asked again."""
        asked_again = any(
            step.taken_at and step.position for step in self.rows.steps if step.kind == CallStep.Kind.LADDER
        )
        started_by = self.call.started_by_id
        return (
            self.call.runs
            and self.urgent
            and asked_again
            and not any(person.answer for person in self.people if person.recipient.membership_id != started_by)
        )

    @cached_property
    def headline(self) -> str:
        return headline(
            self.call,
            self.quorum,
            noticing=self.noticing,
            begins=hour(self.call.begins_at) if self.waits else "",
            nobody=self.nobody,
            list_opens=hour(self.list_opens_at) if self.list_opens_at else "",
        )

    def drawn(self, state: str) -> list[Person]:
        """The people in one state of the drawing: coming, seen, cannot or silent."""
        return [person for person in self.people if person.drawn == state]

    @property
    def answered(self) -> list[Person]:
        """Who answered: those who come first."""
        return [*self.drawn("coming"), *self.drawn("seen"), *self.drawn("cannot")]

    @cached_property
    def silent(self) -> list[Person]:
        """Who has not answered, who can only be phoned first."""
        return sorted(self.drawn("silent"), key=lambda person: (not person.landline_only, not person.unreachable))

    @property
    def unreachable(self) -> list[Person]:
        """Silent people to whom nothing goes: somebody must phone them."""
        return [person for person in self.silent if person.unreachable]

    @property
    def me(self) -> Person | None:
        """The reader, when they were called."""
        return next((person for person in self.people if self._is_me(person)), None)

    def _is_me(self, person: Person) -> bool:
        return person.recipient.membership_id == self.pulse.seat and not person.recipient.stands_in

    @cached_property
    def seated(self) -> list[Person]:
        """One person for each seat: a stand-in who comes (or may) sits on that of whom they stand in for."""
        seats: dict[int, Person] = {}
        for person in self.people:
            sitting = seats.setdefault(person.recipient.membership_id, person)
            if _rank(person) > _rank(sitting):
                seats[person.recipient.membership_id] = person
        return list(seats.values())

    @property
    def seats(self) -> list[dict[str, Any]]:
        """Ten seats for the drawing."""
        taken = [{"state": p.drawn, "role": p.role, "initials": p.initials, "me": self._is_me(p)} for p in self.seated]
        return (taken + [{"state": "free"}] * SEATS)[:SEATS]

    @property
    def drawn_counts(self) -> Counter[str]:
        """How many seats are in each state of the drawing."""
        return Counter(person.drawn for person in self.seated)

    @property
    def list_opens_at(self) -> datetime | None:
        """When the call list will open, while it has not."""
        if self.call.call_list_at:
            return None
        due = (step for step in self.rows.steps if CALL_LIST in step.ways and step.state == CallStep.State.DUE)
        return next((step.due_at for step in due), None)

    @property
    def coming_up(self) -> list[str]:
        """What happens next for who is silent, in sentences."""
        due = [one for one in self.rows.steps if one.state == CallStep.State.DUE and one.kind == CallStep.Kind.LADDER]
        told = []
        again = next((step for step in due if any(way in CHANNELS for way in step.ways)), None)
        if again:
            words = (
                _("At %(hour)s the computer phones who is still silent.")
                if VOICE in again.ways
                else _("At %(hour)s who is still silent gets another message.")
            )
            told.append(words % {"hour": hour(again.due_at)})
        if self.list_opens_at:
            words = _("At %(hour)s the call list opens: then you see whom you can phone.")
            told.append(words % {"hour": hour(self.list_opens_at)})
        return told or [_("They can still answer.")]

    @property
    def asks_whether_good(self) -> bool:
        """Whether people say afterwards if it was right to call: after a real one, for who was called."""
        return self.me is not None and asks_whether_good(self.call)

    @property
    def good(self) -> tuple[int, int]:
        """How many found it right to call, and how many did not."""
        said = Counter(recipient.good_call for recipient in self.rows.recipients.values())
        return said[True], said[False]

    @cached_property
    def timeline(self) -> list[Entry]:
        return timeline(self.rows)


def load(call: Call, pulse: Pulse) -> CallState:
    """Read a call that `rows.known` found, as the reader of this pulse sees it: seven queries at most.

    The pulse was felt before: what happened meanwhile shows here, and once more at the next one.
    """
    rows, now = read(call), timezone.now()
    return CallState(rows=rows, people=_people(rows, now), pulse=pulse, now=now)


def for_reader(shown: CallState, pulse: Pulse) -> CallState:
    """The same for another reader at the same table, without reading it again."""
    return replace(shown, pulse=pulse, now=timezone.now())


def asks_whether_good(call: Call) -> bool:
    """Whether a call is one of which people say afterwards if it was right: real, and over."""
    return call.state in (Call.State.STOPPED, Call.State.CLOSED) and not call.practice


def hour(at: datetime) -> str:
    """The time of day as people read it here."""
    return date_format(timezone.localtime(at), "H.i")


def _rank(person: Person) -> int:
    """Who of a member and their stand-in sits on the seat: whoever comes, or may."""
    return {"coming": 2, "seen": 1}.get(person.drawn, 0)


def _phones(call: Call, recipients: Iterable[CallRecipient]) -> dict[int, list[ContactPoint]]:
    """Numbers that people agreed to share, once the call list is open. Row-level security holds the same line."""
    phones: dict[int, list[ContactPoint]] = defaultdict(list)
    if call.runs and call.call_list_at:
        people = [user for recipient in recipients if (user := user_of(recipient))]
        for point in ContactPoint.objects.for_call_list().filter(user__in=people).order_by("kind", "pk"):
            phones[point.user_id].append(point)
    return phones


def _people(rows: Rows, now: datetime) -> list[Person]:
    """Who is called by now: a stand-in in reserve is not."""
    called = [recipient for recipient in rows.recipients.values() if recipient.called_at]
    phones = _phones(rows.call, called)
    reached: dict[int | None, Reached] = defaultdict(Reached)
    for attempt in rows.attempts:
        if attempt.kind in ASKS:
            reached[attempt.user].add(attempt)
    nowhere = {person.user for person in rows.unreachable}
    told = {event.recipient_id for event in rows.events if event.kind == CallEvent.Kind.UNREACHED}
    again = {
        step.recipient_id: step.due_at
        for step in rows.steps
        if step.kind == CallStep.Kind.SEEN_AGAIN and step.state == CallStep.State.DUE
    }
    people = []
    for recipient in called:
        user = user_of(recipient)
        name, seat = called_by(recipient), recipient.membership
        people.append(
            Person(
                recipient=recipient,
                role=seat.role,
                name=name,
                initials=_("S") if recipient.stands_in else seat.user.initials if seat.user else "",
                answer=getattr(recipient, "answer", None) or "",
                answer_text=getattr(recipient, "answer_text", None) or "",
                reached=reached[user],
                unreachable=user in nowhere or recipient.pk in told,
                phones=phones.get(user, []) if user else [],
                asked_again_at=again.get(recipient.pk),
                now=now,
            )
        )
    return people
