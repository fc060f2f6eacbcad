"""What happened in a call, as people read it: two voices, members and the application. Pure: rows in, lines out."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from .attempts import Attempt, Line, Names, Told, Unreachable, few, minute, sent_as, tell_attempts
from .ladder import CALL_LIST, DUTY, MAIL, PUSH, SMS, STAND_IN, VOICE
from .models import Answer, Call, CallEvent, CallRecipient, CallStep, Remark, TensionSignal

LONG = 160  # characters of somebody's own words: more stand behind a fold
Kind, Why = CallEvent.Kind, CallEvent.Why


@dataclass
class Entry:
    """A moment: what one person did (`who`), or what the application did within one minute (`lines`).

    `quote` is in the person's own words, whatever they wrote; `key` says which row it tells of.
    """

    at: datetime
    who: str = ""
    text: str = ""
    quote: str = ""
    by: str = ""
    key: str = ""
    lines: list[Line] = field(default_factory=list)

    @property
    def long(self) -> bool:
        """Whether the quote stands behind a fold."""
        return len(self.quote) > LONG

    @property
    def short_quote(self) -> str:
        """The beginning of a long quote."""
        return self.quote[:LONG].rsplit(" ", 1)[0] + "…" if self.long else self.quote


@dataclass(frozen=True)
class Rows:
    """Everything that is written down of one call.

    `recipients` by primary key, with member and stand-in loaded; `names` by the primary key of the user; answers with
    `by` loaded.
    """

    call: Call
    recipients: Mapping[int, CallRecipient]
    names: Mapping[int | None, str]
    answers: Sequence[Answer]
    remarks: Sequence[Remark]
    attempts: Sequence[Attempt]
    unreachable: Sequence[Unreachable]
    steps: Sequence[CallStep]
    events: Sequence[CallEvent]


def timeline(rows: Rows) -> list[Entry]:
    """Everything, newest first."""
    call, people = rows.call, rows.recipients
    entries = [*_ours(call), *_answers(call, rows.answers, people), *_remarks(rows.remarks, people)]
    minutes: dict[datetime, Entry] = {}
    told_of = {user_of(people.get(one.recipient_id or 0)) for one in rows.events if one.kind == Kind.UNREACHED}
    system = (
        *tell_attempts(rows.attempts, Names(rows.names)),
        *_unreachable(rows.unreachable, rows.names, told_of),
        *_steps(rows.steps, rows.events),
        *_skipped(rows.events, people),
        *_turns(rows.events, people),
    )
    for at, line in sorted(system, key=lambda item: item[0]):
        entry = minutes.setdefault(minute(at), Entry(at=at))
        entry.at = max(entry.at, at)
        entry.lines.append(line)
    return sorted([*entries, *minutes.values()], key=lambda entry: entry.at, reverse=True)


# --- What people did -------------------------------------------------------------------------------------------------


def _ours(call: Call) -> Iterator[Entry]:
    """Calling, stopping, closing: what members did on the site."""
    site, signal = _("on this site"), call.signal
    called = _("called everybody.") if call.level == TensionSignal.Level.URGENT else _("asked everybody to look.")
    yield Entry(at=call.started_at, who=_name(call.started_by), text=called, by=site, key="started")
    if call.ended_at and call.state != Call.State.CLOSED:
        words = (
            _("stopped the call.") if call.state == Call.State.STOPPED else _("took the call back: it was a mistake.")
        )
        yield Entry(at=call.ended_at, who=_name(call.ended_by), text=words, by=site, key="ended")
    if signal.closed_at:
        name = _name(signal.closed_by)
        yield Entry(at=signal.closed_at, who=name, text=_("closed it:"), quote=signal.outcome, by=site, key="closed")


def _answers(call: Call, answers: Sequence[Answer], recipients: Mapping[int, CallRecipient]) -> Iterator[Entry]:
    """Every answer, also those that were changed later: history stays."""
    before: dict[int, Answer] = {}
    for answer in sorted(answers, key=lambda one: (one.at, one.pk)):
        recipient = recipients.get(answer.recipient_id)
        earlier = before.get(answer.recipient_id)
        before[answer.recipient_id] = answer
        own = recipient and recipient.membership_id == call.started_by_id and answer.via == Answer.Via.SITE
        if own and not earlier and (answer.at - call.started_at).total_seconds() < 1:
            continue  # who calls, comes: that went by itself
        words = f"{answer.get_value_display()}."
        if earlier and earlier.value != answer.value:
            words += " " + _("Earlier: %(answer)s.") % {"answer": earlier.get_value_display()}
        if call.ended_at and answer.at > call.ended_at:
            words += " " + _("(late: the call was over)")
        by = answer.get_via_display()
        if answer.via == Answer.Via.BEHALF:
            by = _("by phone, written down by %(name)s") % {"name": _name(answer.by)}
        yield Entry(
            at=answer.at, who=called_by(recipient), text=words, quote=answer.text, by=by, key=f"answer {answer.pk}"
        )


def _remarks(remarks: Iterable[Remark], recipients: Mapping[int, CallRecipient]) -> Iterator[Entry]:
    for remark in remarks:
        who = called_by(recipients.get(remark.recipient_id))
        by = Answer.Via.SMS.label
        yield Entry(at=remark.at, who=who, text=_("wrote:"), quote=remark.text, by=str(by), key=f"remark {remark.pk}")


def called_by(recipient: CallRecipient | None) -> str:
    """What the table calls somebody who is called; a stand-in with whom they stand in for."""
    if recipient is None:
        return _("a former member")
    if recipient.stands_in:
        return _("%(name)s (stand-in)") % {"name": recipient.name}
    return recipient.name


def _name(member: object) -> str:
    return str(getattr(member, "name", "")) or _("a former member")


def user_of(recipient: CallRecipient | None) -> int | None:
    """The key of who is called; None when that person is gone."""
    if recipient is None:
        return None
    if recipient.stands_in:
        return recipient.stand_in.user_id if recipient.stand_in else None
    return recipient.membership.user_id


# --- What the application did, and did not ----------------------------------------------------------------------------


def _unreachable(
    unreachable: Iterable[Unreachable], names: Mapping[int | None, str], but: set[int | None]
) -> Iterator[Told]:
    for person in unreachable:
        if person.user not in but:
            words = _("No message can go to %(name)s. Phone instead.")
            yield person.at, Line("alert-triangle", words % {"name": names.get(person.user, "")}, failed=True)


def _steps(steps: Iterable[CallStep], events: Iterable[CallEvent]) -> Iterator[Told]:
    """The call list; and the steps that went to nobody, unless it is told of each person why."""
    told = {event.step_id for event in events}
    for step in steps:
        if step.taken_at is None:
            continue
        if CALL_LIST in step.ways and step.reached:
            yield step.taken_at, Line("phone", _("The call list is open for everybody."))
        elif CALL_LIST in step.ways:
            yield step.taken_at, Line("check", _("Everybody has answered: no call list is needed."))
        elif not step.reached and step.pk not in told and step.kind == CallStep.Kind.LADDER:
            yield step.taken_at, Line("check", _("Nobody was silent who could be asked again."))


def _skipped(events: Iterable[CallEvent], recipients: Mapping[int, CallRecipient]) -> Iterator[Told]:
    """Who was not asked, together by minute, way and reason."""
    groups: dict[tuple[datetime, str, str], list[CallEvent]] = defaultdict(list)
    for event in events:
        if event.kind == Kind.SKIPPED:
            groups[minute(event.at), event.way, event.why].append(event)
    for (_minute, way, why), group in groups.items():
        people = list(dict.fromkeys(called_by(recipients.get(event.recipient_id or 0)) for event in group))
        words = {
            MAIL: _("No mail to %(names)s: %(why)s."),
            SMS: _("No text message to %(names)s: %(why)s."),
            PUSH: _("No push message to %(names)s: %(why)s."),
            VOICE: _("The computer did not phone %(names)s: %(why)s."),
            CALL_LIST: _("No request to phone to %(names)s: %(why)s."),
            STAND_IN: _("No stand-in was called: %(why)s."),
            DUTY: _("No coordinator on duty was told: %(why)s."),
        }.get(way, _("Not asked again: %(names)s (%(why)s)."))
        if why == Why.OFF:
            words = _("%(channel)s: not set up here.")
        yield (
            max(event.at for event in group),
            Line("ban", words % {"names": few(people), "why": reason(why), "channel": sent_as(way)}),
        )


def reason(why: str) -> str:
    """Why somebody was not asked, in words that fit one person and more."""
    return {
        Why.ANSWERED.value: _("answered already"),
        Why.NO_WAY.value: _("no such number or address"),
        Why.STOPPED.value: _("no text messages wanted"),
        Why.WAITING.value: _("the first message still waits for the morning"),
        Why.LEFT.value: _("no longer at the table"),
        Why.NOBODY.value: _("nobody was agreed on"),
        Why.OFF.value: _("not set up here"),
    }.get(why, why)


def _turns(events: Iterable[CallEvent], recipients: Mapping[int, CallRecipient]) -> Iterator[Told]:
    """Enough people or not any more, stand-ins, the coordinator on duty, and who nothing reaches."""
    for event in events:
        about = {"name": called_by(recipients.get(event.recipient_id or 0))}
        if event.kind == Kind.ENOUGH:
            yield event.at, Line("circle-check", _("There are enough people. We ask nobody any more."))
        elif event.kind == Kind.SHORT:
            yield event.at, Line("hourglass", _("Not enough people any more. We ask again."))
        elif event.kind == Kind.STAND_IN:
            yield event.at, Line("users", _("%(name)s is asked to come.") % about)
        elif event.kind == Kind.DUTY:
            yield event.at, Line("send", _("The coordinator on duty was told, in numbers only."))
        elif event.kind == Kind.UNREACHED:
            yield event.at, Line("alert-triangle", _("Nothing reaches %(name)s. Phone instead.") % about, failed=True)
