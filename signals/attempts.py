"""What was tried to reach people, as people read it. Pure: attempts in, lines out.

"Sent" is said of what a provider took, "arrived" only of what a receipt says; a phone call "was picked up" or not.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from messaging.models import Channel, Delivery

from .headline import listed

State = Delivery.State
ON_ITS_WAY = (State.DUE, State.CLAIMED)
GONE = (State.SENT, State.DELIVERED)
NAMED_AT_MOST = 4  # more people are a number


@dataclass(frozen=True)
class Line:
    """Something the application did. `failed` is told in bold; `of` are the deliveries that it tells of."""

    icon: str
    text: str
    failed: bool = False
    of: frozenset[UUID] = frozenset()


Told = tuple[datetime, Line]
T = TypeVar("T")
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class Attempt:
    """One attempt to bring one message, without its text and address."""

    key: UUID
    message: UUID
    payload: UUID
    user: int | None
    kind: str
    channel: str
    provider: str
    attempt: int
    state: str
    due_at: datetime
    sent_at: datetime | None
    delivered_at: datetime | None
    failed_at: datetime | None
    permanent: bool
    maybe_doubled: bool
    cancelled_at: datetime | None

    @property
    def gone(self) -> bool:
        """Whether a provider took it."""
        return self.state in GONE

    @property
    def rang(self) -> bool:
        """Whether a phone rang: a call that a provider took, whatever came of it."""
        return self.channel == Channel.VOICE and self.sent_at is not None

    @property
    def waiting(self) -> bool:
        return self.state in ON_ITS_WAY


@dataclass(frozen=True)
class Unreachable:
    """Somebody to whom no message could go at all."""

    user: int | None
    at: datetime


class Names:
    """What the table calls people, by the primary key of the user."""

    def __init__(self, known: Mapping[int | None, str]) -> None:
        self._known = known

    def of(self, attempt: Attempt) -> str:
        """Who this attempt was for."""
        if attempt.kind == "call_duty":
            return _("the coordinator on duty")
        return self._known.get(attempt.user) or _("a former member")

    def together(self, attempts: Iterable[Attempt]) -> str:
        """These people, by name while they are few."""
        return few(list(dict.fromkeys(self.of(attempt) for attempt in attempts)))


def few(names: Sequence[str]) -> str:
    """People by name while they are few, else their number."""
    if len(names) > NAMED_AT_MOST:
        return ngettext("%(count)d person", "%(count)d people", len(names)) % {"count": len(names)}
    return listed(names)


def minute(at: datetime) -> datetime:
    """The minute in which it happened: what happened within one is told together."""
    return at.replace(second=0, microsecond=0)


def channel_times(channels: Mapping[str, int]) -> str:
    """How often by what: "9 times mail and 8 times text message"."""
    words = {
        Channel.MAIL.value: _("mail"),
        Channel.SMS.value: _("text message"),
        Channel.PUSH.value: _("push message"),
    }
    return listed(
        [
            ngettext("%(count)d time %(channel)s", "%(count)d times %(channel)s", channels[channel])
            % {"count": channels[channel], "channel": word}
            for channel, word in words.items()
            if channels.get(channel)
        ]
    )


@dataclass
class Reached:
    """What was tried for one person, in the sentences of the list of who is silent."""

    sent: Counter[str] = field(default_factory=Counter)
    arrived: Counter[str] = field(default_factory=Counter)
    failed: set[str] = field(default_factory=set)
    rang: int = 0
    picked_up: bool = False
    ringing: bool = False
    waits_until: datetime | None = None

    def add(self, attempt: Attempt) -> None:
        """Count one attempt that asks for an answer."""
        if attempt.channel == Channel.VOICE:
            self.rang += attempt.rang
            self.picked_up |= attempt.state == State.DELIVERED
            self.ringing |= attempt.state == State.SENT
        else:
            self.sent[attempt.channel] += attempt.gone
            self.arrived[attempt.channel] += attempt.state == State.DELIVERED
        if attempt.state == State.FAILED and not attempt.rang:
            self.failed.add(attempt.channel)
        if attempt.waiting and attempt.attempt == 1:
            self.waits_until = min(filter(None, (self.waits_until, attempt.due_at)))

    def sentences(self, now: datetime, hour: Callable[[datetime], str]) -> list[str]:
        """What became of it. `hour` writes a moment as people read it."""
        told = []
        if sent := channel_times(self.sent):
            told.append(_("Sent: %(times)s.") % {"times": sent})
        if arrived := channel_times(self.arrived):
            told.append(_("Arrived: %(times)s.") % {"times": arrived})
        if self.rang:
            told.append(self._calls())
        told += [not_arrived(channel) for channel in sorted(self.failed) if not self.sent[channel]]
        if not told and self.waits_until and self.waits_until > now + timedelta(minutes=1):
            told.append(_("The message waits until %(hour)s.") % {"hour": hour(self.waits_until)})
        return told or [_("The message is on its way.")]

    def _calls(self) -> str:
        words = ngettext("Phoned %(count)d time:", "Phoned %(count)d times:", self.rang) % {"count": self.rang}
        if self.picked_up:
            return f"{words} " + _("somebody picked up, without an answer.")
        return f"{words} " + (_("it is ringing.") if self.ringing else _("nobody picked up."))


def not_arrived(channel: str) -> str:
    """What a person's own line says of a channel that failed."""
    return {
        Channel.MAIL.value: _("The mail did not arrive."),
        Channel.SMS.value: _("The text message did not arrive."),
        Channel.PUSH.value: _("The push message did not arrive."),
        Channel.VOICE.value: _("The phone call could not be made."),
    }[channel]


def tell_attempts(attempts: Sequence[Attempt], names: Names) -> Iterator[Told]:
    """Everything that was tried, with when it happened."""
    yield from _sent(attempts)
    yield from _arrived(attempts)
    yield from _rung(attempts, names)
    yield from _another_way(attempts, names)
    yield from _trouble(attempts, names)
    yield from _cancelled(attempts)


def _keys(attempts: Iterable[Attempt]) -> frozenset[UUID]:
    return frozenset(attempt.key for attempt in attempts)


def _sent(attempts: Iterable[Attempt]) -> Iterator[Told]:
    """What was taken by a provider, together by occasion and minute; and what is still on its way."""
    groups: dict[tuple[str, datetime], list[Attempt]] = defaultdict(list)
    waiting: dict[str, list[Attempt]] = defaultdict(list)
    for attempt in attempts:
        if attempt.sent_at and attempt.channel != Channel.VOICE:
            groups[attempt.kind, minute(attempt.sent_at)].append(attempt)
        elif attempt.waiting and attempt.attempt == 1:
            waiting[attempt.kind].append(attempt)
    for (kind, _minute), group in groups.items():
        people = len({attempt.user for attempt in group})
        times = channel_times(Counter(attempt.channel for attempt in group))
        last = max(attempt.sent_at for attempt in group if attempt.sent_at)
        yield last, Line("send", f"{_occasion(kind, people)} {times}.", of=_keys(group))
    for group in waiting.values():
        number = ngettext("%(count)d message is on its way.", "%(count)d messages are on their way.", len(group))
        yield max(attempt.due_at for attempt in group), Line("hourglass", number % {"count": len(group)})


def _occasion(kind: str, people: int) -> str:
    if kind == "call_urgent_again":
        words = ngettext(
            "%(count)d silent person was asked again:", "%(count)d silent people were asked again:", people
        )
    elif kind == "call_list_open":
        words = ngettext("%(count)d person was asked to phone:", "%(count)d people were asked to phone:", people)
    elif kind == "call_not_needed":
        words = ngettext("%(count)d person heard that it is over:", "%(count)d people heard that it is over:", people)
    elif kind == "call_enough":
        words = ngettext(
            "%(count)d person heard that there are enough people:",
            "%(count)d people heard that there are enough people:",
            people,
        )
    elif kind == "call_stand_in":
        words = ngettext("%(count)d stand-in was sent a message:", "%(count)d stand-ins were sent a message:", people)
    elif kind == "call_duty":
        words = ngettext(
            "%(count)d coordinator on duty was told, in numbers only:",
            "%(count)d coordinators on duty were told, in numbers only:",
            people,
        )
    elif kind == "call_unreached":
        words = _("Who called heard that somebody cannot be reached:")
    else:
        words = ngettext("%(count)d person was sent a message:", "%(count)d people were sent a message:", people)
    return words % {"count": people} if "%" in words else words


def _arrived(attempts: Iterable[Attempt]) -> Iterator[Told]:
    """Receipts: what arrived on a phone or in a mailbox, together by minute."""
    groups: dict[datetime, list[Attempt]] = defaultdict(list)
    for attempt in attempts:
        if attempt.delivered_at and attempt.channel != Channel.VOICE:
            groups[minute(attempt.delivered_at)].append(attempt)
    for group in groups.values():
        times = channel_times(Counter(attempt.channel for attempt in group))
        last = max(attempt.delivered_at for attempt in group if attempt.delivered_at)
        yield last, Line("circle-check", _("Arrived: %(times)s.") % {"times": times}, of=_keys(group))


def _rung(attempts: Iterable[Attempt], names: Names) -> Iterator[Told]:
    """Phone calls by the computer, together by minute and by what came of them."""
    for (_minute, state), group in _grouped(
        (a for a in attempts if a.rang), lambda a: (minute(a.sent_at or a.due_at), a.state)
    ):
        about = {"names": names.together(group)}
        if state == State.DELIVERED:
            words = _("The computer phoned %(names)s: picked up.")
        elif state == State.SENT:
            words = _("The computer phones %(names)s.")
        else:
            words = _("The computer phoned %(names)s: nobody picked up.")
        last = max(a.delivered_at or a.failed_at or a.sent_at or a.due_at for a in group)
        yield last, Line("phone", words % about, of=_keys(group))


def _another_way(attempts: Iterable[Attempt], names: Names) -> Iterator[Told]:
    """A provider that failed, and the next one that took over."""
    before: dict[tuple[UUID, int], Attempt] = {(a.payload, a.attempt): a for a in attempts}
    switched = [
        attempt
        for attempt in before.values()
        if (earlier := before.get((attempt.payload, attempt.attempt - 1)))
        and attempt.provider
        and earlier.provider
        and attempt.provider != earlier.provider
    ]
    for (_minute, channel), group in _grouped(switched, lambda a: (minute(a.sent_at or a.due_at), a.channel)):
        words = {
            Channel.MAIL.value: _("The mail to %(names)s now goes another way."),
            Channel.SMS.value: _("The text message to %(names)s now goes another way."),
            Channel.PUSH.value: _("The push message to %(names)s now goes another way."),
            Channel.VOICE.value: _("The phone call to %(names)s now goes another way."),
        }[channel]
        first = min(attempt.sent_at or attempt.due_at for attempt in group)
        yield first, Line("refresh", words % {"names": names.together(group)})


def _trouble(attempts: Sequence[Attempt], names: Names) -> Iterator[Told]:
    """What failed and what may have gone twice. Alike and in the same minute is told together."""
    by_payload: dict[UUID, list[Attempt]] = defaultdict(list)
    for attempt in attempts:
        by_payload[attempt.payload].append(attempt)
    failures: list[tuple[Attempt, Attempt, bool]] = []  # the last that failed, the last of all, something else went
    for tries in by_payload.values():
        tries.sort(key=lambda attempt: attempt.attempt)
        failed = [attempt for attempt in tries if attempt.failed_at and not attempt.rang]
        if failed:
            failures.append((failed[-1], tries[-1], _replaced(failed[-1], attempts)))
        doubled = [attempt for attempt in tries if attempt.maybe_doubled]
        if doubled:
            about = {"names": names.of(tries[-1]), "channel": sent_as(tries[-1].channel)}
            words = _("%(channel)s to %(names)s: perhaps sent twice.")
            yield tries[-1].sent_at or tries[-1].due_at, Line("copy", words % about, of=_keys(doubled))
    for _key, group in _grouped(
        failures, lambda f: (minute(f[0].failed_at or f[0].due_at), f[0].channel, f[1].state, f[2])
    ):
        failed_one, last, replaced = group[-1]
        about = {"names": names.together(f[0] for f in group), "channel": sent_as(failed_one.channel)}
        at = max(f[0].failed_at or f[0].due_at for f in group)
        yield at, _failure(last, about, replaced=replaced)


def _replaced(failed: Attempt, attempts: Iterable[Attempt]) -> bool:
    """Whether another channel took over from a failure for good: what waited in reserve was due when it failed."""
    return failed.permanent and any(
        other.message == failed.message
        and other.payload != failed.payload
        and other.attempt == 1
        and failed.failed_at is not None
        and failed.failed_at <= other.due_at <= failed.failed_at + timedelta(minutes=1)
        for other in attempts
    )


def _failure(last: Attempt, about: Mapping[str, str], *, replaced: bool) -> Line:
    if last.gone:
        return Line("refresh", _("%(channel)s to %(names)s did not go out at first, but later it did.") % about)
    if last.state == State.FAILED:
        words = _("%(channel)s to %(names)s did not go out.") % about
        if replaced:
            words += " " + _("Another message went right after it.")
        return Line("alert-triangle", words, failed=True)
    if last.waiting:
        words = _("%(channel)s to %(names)s does not go out yet. We keep trying.")
        return Line("alert-triangle", words % about, failed=True)
    return Line("ban", _("%(channel)s to %(names)s did not go out, and is not needed any more.") % about)


def _cancelled(attempts: Iterable[Attempt]) -> Iterator[Told]:
    cancelled = [a.cancelled_at for a in attempts if a.state == State.CANCELLED and a.cancelled_at]
    for at, number in Counter(cancelled).items():
        words = ngettext(
            "%(count)d message was not needed any more.", "%(count)d messages were not needed any more.", number
        )
        yield at, Line("ban", words % {"count": number})
    expired = [a for a in attempts if a.state == State.EXPIRED]
    for _minute, group in _grouped(expired, lambda a: minute(a.due_at)):
        words = ngettext(
            "%(count)d message came too late to be of use.",
            "%(count)d messages came too late to be of use.",
            len(group),
        )
        yield max(a.due_at for a in group), Line("ban", words % {"count": len(group)}, failed=True)


def sent_as(channel: str) -> str:
    """A channel at the start of a sentence."""
    return {
        Channel.MAIL.value: _("Mail"),
        Channel.SMS.value: _("Text message"),
        Channel.PUSH.value: _("Push message"),
        Channel.VOICE.value: _("Phone call"),
    }.get(channel, channel)


def _grouped(things: Iterable[T], key: Callable[[T], K]) -> Iterator[tuple[K, list[T]]]:
    groups: dict[K, list[T]] = defaultdict(list)
    for thing in things:
        groups[key(thing)].append(thing)
    yield from groups.items()
