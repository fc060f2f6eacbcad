"""One call as its page shows it, read in a fixed number of queries, and its pulse: has anything changed?"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from alliances.models import Membership, User
from messaging.models import ContactPoint, Delivery, Message

from .headline import headline
from .ladder import CALL_LIST
from .models import Answer, Call, CallRecipient, CallStep, TensionSignal
from .quorum import Quorum, quorum
from .timeline import Attempt, Entry, Unreachable, channel_times, timeline
from .timing import seconds_to_undo

SEATS = 10
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
    """Somebody who is called: what they said, what reached them, and how to phone them."""

    recipient: CallRecipient
    user: User | None
    role: str
    name: str
    initials: str
    me: bool
    answer: str
    answer_text: str
    sent: Counter[str]
    failed: int
    unreachable: bool
    phones: list[ContactPoint]

    @property
    def drawn(self) -> str:
        """The state of their seat in the drawing."""
        return DRAWN.get(Answer.Value(self.answer), "silent") if self.answer else "silent"

    @property
    def answer_label(self) -> str:
        """Their answer in words."""
        return str(Answer.Value(self.answer).label) if self.answer else ""

    @property
    def sent_words(self) -> str:
        """What was sent to them and how often."""
        return channel_times(self.sent)

    @property
    def landline_only(self) -> bool:
        """Only a landline may be phoned: call this person first."""
        return bool(self.phones) and all(point.kind == ContactPoint.Kind.LANDLINE for point in self.phones)


@dataclass
class CallState:
    """A call and everything around it."""

    call: Call
    member: Membership
    people: list[Person]
    answers: list[Answer]
    attempts: list[Attempt]
    unreachable: list[Unreachable]
    steps: list[CallStep]
    now: datetime

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

    @cached_property
    def headline(self) -> str:
        return headline(self.call, self.quorum, self.noticing)

    def drawn(self, state: str) -> list[Person]:
        """The people in one state of the drawing: coming, seen, cannot or silent."""
        return [person for person in self.people if person.drawn == state]

    @property
    def drawn_counts(self) -> Counter[str]:
        """How many people are in each state of the drawing."""
        return Counter(person.drawn for person in self.people)

    @property
    def answered(self) -> list[Person]:
        """Who answered: those who come first."""
        return [*self.drawn("coming"), *self.drawn("seen"), *self.drawn("cannot")]

    @cached_property
    def silent(self) -> list[Person]:
        """Who has not answered, who can only be phoned first."""
        return sorted(self.drawn("silent"), key=lambda person: (not person.landline_only, not person.unreachable))

    @property
    def me(self) -> Person | None:
        """The reader, when they were called."""
        return next((person for person in self.people if person.me), None)

    @property
    def seats(self) -> list[dict[str, Any]]:
        """Ten seats for the drawing."""
        taken = [{"state": p.drawn, "role": p.role, "initials": p.initials, "me": p.me} for p in self.people]
        return (taken + [{"state": "free"}] * SEATS)[:SEATS]

    @property
    def undo_seconds(self) -> int:
        """How long the reader can still say that it was a mistake; 0 for everybody but who called."""
        if not self.call.runs or self.call.started_by_id != self.member.pk:
            return 0
        return seconds_to_undo(self.call.started_at, self.now)

    @property
    def list_opens_at(self) -> datetime | None:
        """When the call list will open, while it has not."""
        return next((s.due_at for s in self.steps if CALL_LIST in s.ways and s.state == "due"), None)

    @cached_property
    def timeline(self) -> list[Entry]:
        names = {person.user.pk if person.user else None: person.name for person in self.people}
        return timeline(
            signal=self.call.signal,
            call=self.call,
            answers=self.answers,
            attempts=self.attempts,
            unreachable=self.unreachable,
            steps=self.steps,
            names=names,
        )

    @property
    def version(self) -> str:
        """The pulse of what is shown here."""
        counts = Counter((attempt.state, attempt.maybe_doubled) for attempt in self.attempts)
        return _hash(
            self.call,
            newest=max((answer.pk for answer in self.answers), default=0),
            opened=sum(person.recipient.opened_at is not None for person in self.people),
            taken=sum(step.taken_at is not None for step in self.steps),
            deliveries=[(state, doubled, number) for (state, doubled), number in counts.items()],
            undo=self.undo_seconds,
        )


def load(call: Call, member: Membership) -> CallState:
    """Read a call (its signal and the memberships of who began, ended and closed loaded) in six queries at most."""
    recipients = list(
        CallRecipient.objects.filter(call=call)
        .called()
        .with_answer()
        .select_related("membership__user", "stand_in")
        .order_by("membership__joined_at", "membership_id")
    )
    for recipient in recipients:
        recipient.call = call
    attempts, unreachable = _attempts(call), _unreachable(call)
    answers = Answer.objects.filter(recipient__call=call).select_related("recipient__membership__user", "by__user")
    return CallState(
        call=call,
        member=member,
        people=_people(recipients, attempts, unreachable, _phones(call, recipients), member),
        answers=list(answers),
        attempts=attempts,
        unreachable=unreachable,
        steps=list(call.steps.all()),
        now=timezone.now(),
    )


def pulse(call: Call, member_id: int | None) -> str:
    """The version of a call in two queries, for who asks every two seconds. `member_id`: who reads."""
    of_call = CallRecipient.objects.filter(call=OuterRef("pk")).order_by().values("call")
    facts = (
        Call.objects.filter(pk=call.pk)
        .annotate(
            newest=Coalesce(Subquery(of_call.annotate(top=Max("answers__pk")).values("top")), 0),
            opened=Coalesce(Subquery(of_call.annotate(number=Count("opened_at", distinct=False)).values("number")), 0),
            taken=Count("steps__taken_at"),
        )
        .values_list("newest", "opened", "taken")
        .get()
    )
    counts = Delivery.objects.about(call.uuid).order_by().values_list("state", "maybe_doubled").annotate(n=Count("pk"))
    mine = call.runs and call.started_by_id == member_id
    return _hash(
        call,
        newest=facts[0],
        opened=facts[1],
        taken=facts[2],
        deliveries=list(counts),
        undo=seconds_to_undo(call.started_at, timezone.now()) if mine else 0,
    )


def _hash(
    call: Call, *, newest: int, opened: int, taken: int, deliveries: Iterable[tuple[str, bool, int]], undo: int
) -> str:
    facts = (call.state, call.call_list_at is not None, newest, opened, taken, sorted(deliveries), undo)
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]


def _attempts(call: Call) -> list[Attempt]:
    rows = Delivery.objects.about(call.uuid).order_by("attempt")
    fields = (
        "payload_id", "message__user_id", "message__kind", "channel", "attempt", "state",
        "due_at", "sent_at", "failed_at", "permanent", "maybe_doubled", "message__cancelled_at",
    )  # fmt: skip
    return [Attempt(*row) for row in rows.values_list(*fields)]


def _unreachable(call: Call) -> list[Unreachable]:
    """Messages that nobody could carry: the first ones only, a second text message to a landline is no news."""
    lost = Message.objects.filter(about=call.uuid, kind__in=["call_urgent", "call_worry"], deliveries__isnull=True)
    return [Unreachable(*row) for row in lost.values_list("user_id", "created_at")]


def _phones(call: Call, recipients: Sequence[CallRecipient]) -> dict[int, list[ContactPoint]]:
    """Numbers that people agreed to share, once the call list is open. Row-level security holds the same line."""
    phones: dict[int, list[ContactPoint]] = defaultdict(list)
    if call.runs and call.call_list_at:
        people = [recipient.membership.user_id for recipient in recipients]
        for point in ContactPoint.objects.for_call_list().filter(user__in=people).order_by("kind", "pk"):
            phones[point.user_id].append(point)
    return phones


def _people(
    recipients: Iterable[CallRecipient],
    attempts: Iterable[Attempt],
    unreachable: Iterable[Unreachable],
    phones: dict[int, list[ContactPoint]],
    member: Membership,
) -> list[Person]:
    sent: dict[int | None, Counter[str]] = defaultdict(Counter)
    failed: Counter[int | None] = Counter()
    for attempt in attempts:
        if attempt.kind in ("call_urgent", "call_urgent_again", "call_worry"):
            sent[attempt.user][attempt.channel] += attempt.state in ("sent", "delivered")
            failed[attempt.user] += attempt.state == "failed"
    nowhere = {person.user for person in unreachable}
    return [
        Person(
            recipient=recipient,
            user=(user := recipient.membership.user),
            role=recipient.membership.role,
            name=recipient.membership.name,
            initials=user.initials if user else "",
            me=recipient.membership_id == member.pk,
            answer=getattr(recipient, "answer", None) or "",
            answer_text=getattr(recipient, "answer_text", None) or "",
            sent=sent[user.pk if user else None],
            failed=failed[user.pk if user else None],
            unreachable=bool(user and user.pk in nowhere),
            phones=phones.get(user.pk, []) if user else [],
        )
        for recipient in recipients
    ]


def known(uuid: UUID, user: Any) -> Call | None:
    """A call that this person may see, with what its page needs of the rows around it."""
    around = (
        "signal__raised_by__user", "signal__closed_by__user", "started_by__user", "ended_by__user",
    )  # fmt: skip
    return Call.objects.visible_to(user).select_related(*around).filter(uuid=uuid).first()
