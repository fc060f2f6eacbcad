"""What happened in a call, as people read it: two voices, members and the application. Pure: rows in, lines out."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from messaging.models import Channel, Delivery

from .headline import listed
from .ladder import CALL_LIST
from .models import Answer, Call, CallStep, TensionSignal

ON_ITS_WAY = (Delivery.State.DUE, Delivery.State.CLAIMED)
GONE = (Delivery.State.SENT, Delivery.State.DELIVERED)


@dataclass(frozen=True)
class Line:
    """Something the application did. `failed` is told in bold."""

    icon: str
    text: str
    failed: bool = False


@dataclass
class Entry:
    """A moment: what one member did (`who`), or what the application did within one minute (`lines`)."""

    at: datetime
    who: str = ""
    text: str = ""
    by: str = ""
    lines: list[Line] = field(default_factory=list)


@dataclass(frozen=True)
class Attempt:
    """One attempt to bring one message, without its text and address."""

    payload: UUID
    user: int | None
    kind: str
    channel: str
    attempt: int
    state: str
    due_at: datetime
    sent_at: datetime | None
    failed_at: datetime | None
    permanent: bool
    maybe_doubled: bool
    cancelled_at: datetime | None


@dataclass(frozen=True)
class Unreachable:
    """Somebody to whom no message could go at all."""

    user: int | None
    at: datetime


def timeline(
    *,
    signal: TensionSignal,
    call: Call,
    answers: Sequence[Answer],
    attempts: Sequence[Attempt],
    unreachable: Sequence[Unreachable],
    steps: Sequence[CallStep],
    names: Mapping[int | None, str],
) -> list[Entry]:
    """Everything, newest first. `names` by the primary key of the user; answers with recipient and `by` loaded."""
    entries = [*_people(signal, call, answers)]
    minutes: dict[datetime, Entry] = {}
    system = (*_sent(attempts), *_trouble(attempts, unreachable, names), *_steps(steps))
    for at, line in sorted(system, key=lambda item: item[0]):
        minute = at.replace(second=0, microsecond=0)
        entry = minutes.setdefault(minute, Entry(at=at))
        entry.at = max(entry.at, at)
        entry.lines.append(line)
    return sorted([*entries, *minutes.values()], key=lambda entry: entry.at, reverse=True)


def channel_times(channels: Counter[str]) -> str:
    """How often by what: "9 times mail and 8 times text message"."""
    words = {Channel.MAIL.value: _("mail"), Channel.SMS.value: _("text message")}
    return listed(
        [
            ngettext("%(count)d time %(channel)s", "%(count)d times %(channel)s", channels[channel])
            % {"count": channels[channel], "channel": word}
            for channel, word in words.items()
            if channels[channel]
        ]
    )


def _people(signal: TensionSignal, call: Call, answers: Iterable[Answer]) -> Iterator[Entry]:
    site = _("on this site")
    urgent = call.level == TensionSignal.Level.URGENT
    called = _("called everybody.") if urgent else _("asked everybody to look.")
    yield Entry(at=call.started_at, who=_name(call.started_by), text=called, by=site)
    for answer in answers:
        own = answer.recipient.membership_id == call.started_by_id and answer.via == Answer.Via.SITE
        if own and (answer.at - call.started_at).total_seconds() < 1:
            continue  # who calls, comes: that went by itself
        yield _answered(call, answer)
    if call.ended_at and call.state != Call.State.CLOSED:
        words = (
            _("stopped the call.") if call.state == Call.State.STOPPED else _("took the call back: it was a mistake.")
        )
        yield Entry(at=call.ended_at, who=_name(call.ended_by), text=words, by=site)
    if signal.closed_at:
        words = _("closed it: “%(outcome)s”") % {"outcome": signal.outcome}
        yield Entry(at=signal.closed_at, who=_name(signal.closed_by), text=words, by=site)


def _answered(call: Call, answer: Answer) -> Entry:
    words = f"{answer.get_value_display()}."
    if answer.text:
        words += f" “{answer.text}”"
    if call.ended_at and answer.at > call.ended_at:
        words += " " + _("(late: the call was over)")
    by = answer.get_via_display()
    if answer.via == Answer.Via.BEHALF:
        by = _("by phone, written down by %(name)s") % {"name": _name(answer.by)}
    return Entry(at=answer.at, who=_name(answer.recipient.membership), text=words, by=by)


def _name(member: object) -> str:
    return str(getattr(member, "name", "")) or _("a former member")


def _sent(attempts: Iterable[Attempt]) -> Iterator[tuple[datetime, Line]]:
    """What went out, together by occasion and minute; and what is still on its way."""
    groups: dict[tuple[str, datetime], list[Attempt]] = defaultdict(list)
    waiting: dict[str, list[Attempt]] = defaultdict(list)
    for attempt in attempts:
        if attempt.state in GONE and attempt.sent_at:
            groups[attempt.kind, attempt.sent_at.replace(second=0, microsecond=0)].append(attempt)
        elif attempt.state in ON_ITS_WAY and attempt.attempt == 1:
            waiting[attempt.kind].append(attempt)
    for (kind, _minute), group in groups.items():
        people = len({attempt.user for attempt in group})
        times = channel_times(Counter(attempt.channel for attempt in group))
        last = max(attempt.sent_at for attempt in group if attempt.sent_at)
        yield last, Line("send", f"{_occasion(kind, people)} {times}.")
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
    else:
        words = ngettext("%(count)d person was sent a message:", "%(count)d people were sent a message:", people)
    return words % {"count": people}


def _trouble(
    attempts: Iterable[Attempt], unreachable: Iterable[Unreachable], names: Mapping[int | None, str]
) -> Iterator[tuple[datetime, Line]]:
    """What failed, may have gone twice, or was not sent, and why: silence is visible."""
    by_payload: dict[UUID, list[Attempt]] = defaultdict(list)
    for attempt in attempts:
        by_payload[attempt.payload].append(attempt)
    for tries in by_payload.values():
        tries.sort(key=lambda attempt: attempt.attempt)
        last = tries[-1]
        about = {"name": names.get(last.user, _("a former member")), "channel": _sent_as(last.channel)}
        failed = [attempt for attempt in tries if attempt.failed_at]
        if failed and failed[-1].failed_at:
            yield failed[-1].failed_at, _failure(last, about)
        if any(attempt.maybe_doubled for attempt in tries):
            yield last.sent_at or last.due_at, Line("copy", _("%(channel)s to %(name)s: perhaps sent twice.") % about)
    cancelled = [a for a in attempts if a.state == Delivery.State.CANCELLED and a.cancelled_at]
    for at, number in Counter(a.cancelled_at for a in cancelled if a.cancelled_at).items():
        words = ngettext(
            "%(count)d message was not needed any more.", "%(count)d messages were not needed any more.", number
        )
        yield at, Line("ban", words % {"count": number})
    for person in unreachable:
        words = _("No message can go to %(name)s. Phone instead.")
        yield person.at, Line("alert-triangle", words % {"name": names.get(person.user, "")}, failed=True)


def _failure(last: Attempt, about: Mapping[str, str]) -> Line:
    if last.state in GONE:
        return Line("refresh", _("%(channel)s to %(name)s did not go out at first, but later it did.") % about)
    if last.state == Delivery.State.FAILED:
        return Line("alert-triangle", _("%(channel)s to %(name)s did not go out.") % about, failed=True)
    if last.state in ON_ITS_WAY:
        words = _("%(channel)s to %(name)s does not go out yet. We keep trying.")
        return Line("alert-triangle", words % about, failed=True)
    return Line("ban", _("%(channel)s to %(name)s did not go out, and is not needed any more.") % about)


def _sent_as(channel: str) -> str:
    return _("Text message") if channel == Channel.SMS else _("Mail")


def _steps(steps: Iterable[CallStep]) -> Iterator[tuple[datetime, Line]]:
    for step in steps:
        if step.taken_at is None:
            continue
        if CALL_LIST in step.ways and not step.reached:
            yield step.taken_at, Line("check", _("Everybody has answered: no call list is needed."))
        elif CALL_LIST in step.ways:
            yield step.taken_at, Line("phone", _("The call list is open for everybody."))
        elif not step.reached:
            yield step.taken_at, Line("check", _("Nobody was silent who could be asked again."))
