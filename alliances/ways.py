"""A person's own ways to be reached, in words: whether each works, what it is used for, and what to do when not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from messaging.channels import providers
from messaging.models import Channel, ContactPoint, Delivery, Message, Recipient

from .forms import readable, uses

Kind = ContactPoint.Kind
ICONS = {Kind.EMAIL: "mail", Kind.MOBILE: "device-mobile", Kind.LANDLINE: "device-landline-phone", Kind.PUSH: "bell"}
SHOWN_FOR = timedelta(hours=1)  # how long the outcome of a test stays on the page
LISTENS = timedelta(minutes=2)  # for a receipt, before the page stops asking
ON_THE_WAY = (Delivery.State.DUE, Delivery.State.CLAIMED)


@dataclass(frozen=True)
class Trial:
    """The button "send me a test" for one channel, and what became of the last one (`state` empty: none lately)."""

    channel: Channel
    label: str
    state: str = ""
    at: datetime | None = None
    said: str = ""

    @property
    def waiting(self) -> bool:
        """Whether more is to be heard of it soon: it is on its way, the phone rings, or a receipt may still come."""
        if self.state in ON_THE_WAY:
            return True
        tells = self.channel in (Channel.SMS, Channel.VOICE) and self.state == Delivery.State.SENT
        return tells and self.at is not None and timezone.now() - self.at < LISTENS


@dataclass(frozen=True, kw_only=True)
class ShownWay:
    """One address, number or device as its owner sees it. `state`: works, stopped, failing, unproved or off."""

    point: ContactPoint
    name: str
    icon: str
    state: str
    badge: tuple[str, str]  # the tone of the badge and its word
    uses: list[tuple[str, str, bool]]  # what may be agreed to: name, sentence, agreed
    agreed: list[str]  # what it is used for, in words
    tests: list[Trial] = field(default_factory=list)
    first: bool = False
    last: bool = False


@dataclass(frozen=True)
class News:
    """The heading of my page and the sentence below it. `good`: nothing has to be done."""

    heading: str
    lead: str
    good: bool


def ways_of(user: Recipient) -> list[ShownWay]:
    """All of this person's, the preferred first. Two queries."""
    points = list(ContactPoint.objects.visible_to(user))
    results = _results(user, points)
    return [
        _shown(point, results, first=number == 0, last=number == len(points) - 1) for number, point in enumerate(points)
    ]


def news_of(shown: Sequence[ShownWay]) -> News:
    """What matters most: no way at all, then what does not work, then how many ways there are."""
    working = [channel for way in shown if way.state == "works" for channel in way.point.channels if providers(channel)]
    broken = [way for way in shown if way.state in ("stopped", "failing")]
    if not working:
        return News(
            _("We cannot reach you now"),
            _("When something is urgent, you do not hear it from us. Choose below how we reach you."),
            good=False,
        )
    if broken:
        heading = ngettext("%(n)s way to reach you does not work", "%(n)s ways to reach you do not work", len(broken))
        return News(heading % {"n": len(broken)}, _("You see below which one, and what you can do."), good=False)
    lead = ngettext(
        "In %(n)s way. Add one more: then we can still reach you when this one fails.",
        "In %(n)s ways. When one fails, we take the next.",
        len(working),
    )
    return News(_("We can reach you"), lead % {"n": len(working)}, good=True)


def _shown(point: ContactPoint, results: Mapping[tuple[UUID, str], Delivery], *, first: bool, last: bool) -> ShownWay:
    state = _state(point)
    return ShownWay(
        point=point,
        name=point.device or _("A device") if point.kind == Kind.PUSH else readable(point.address),
        icon=ICONS[Kind(point.kind)],
        state=state,
        badge=_badge(point, state),
        uses=[
            (name, str(label), getattr(point, name)) for name, label, _ticked in uses(point.kind) if _open(point, name)
        ],
        agreed=_agreed(point),
        tests=[_test(point, channel, results) for channel in point.channels if providers(channel)],
        first=first,
        last=last,
    )


def _open(point: ContactPoint, use: str) -> bool:
    """Whether this may be agreed to now: messages only after a code; being rung asks for the code by itself."""
    return use != "may_message" or point.verified_at is not None


def _state(point: ContactPoint) -> str:
    if point.stopped_at and point.may_message:
        return "stopped"
    if point.failed_at:
        return "failing"
    if point.channels:
        return "works"
    return "off" if point.verified_at or point.on_call_list else "unproved"


def _badge(point: ContactPoint, state: str) -> tuple[str, str]:
    words = {
        "stopped": ("warning", _("stopped")),
        "failing": ("danger", _("does not work")),
        "off": ("neutral", _("only for the table") if point.on_call_list else _("not used")),
        "unproved": ("neutral", _("not used")),
        # A push service takes everything; it does not say that it arrived.
        "works": ("active", _("on")) if point.kind == Kind.PUSH else ("safe", _("works")),
    }
    return words[state]


def _agreed(point: ContactPoint) -> list[str]:
    said = {
        Kind.EMAIL: _("We mail you."),
        Kind.MOBILE: _("We text you."),
        Kind.PUSH: _("Messages appear on this device."),
    }
    lines = [said[Kind(point.kind)]] if point.may_message and not point.stopped_at else []
    if point.may_ring:
        lines.append(_("We ring you when it is urgent."))
    if point.on_call_list:
        lines.append(_("The people at the table may call you."))
    return lines


def _results(user: Recipient, points: Sequence[ContactPoint]) -> dict[tuple[UUID, str], Delivery]:
    """The last attempt of the last test of each address and channel."""
    lately = timezone.now() - SHOWN_FOR
    tests = Message.objects.visible_to(user).filter(kind="test", created_at__gt=lately)
    attempts = (
        Delivery.objects.filter(message__in=tests.filter(about__in=[point.uuid for point in points]))
        .select_related("message")
        .order_by("message__created_at", "attempt")
    )
    return {(attempt.message.about, attempt.channel): attempt for attempt in attempts if attempt.message.about}


def _test(point: ContactPoint, channel: Channel, results: Mapping[tuple[UUID, str], Delivery]) -> Trial:
    labels = {
        Channel.MAIL: _("Send me a test"),
        Channel.SMS: _("Text me a test"),
        Channel.VOICE: _("Ring me as a test"),
        Channel.PUSH: _("Send me a test"),
    }
    attempt = results.get((point.uuid, channel))
    if attempt is None:
        return Trial(channel, labels[channel])
    return Trial(channel, labels[channel], attempt.state, attempt.message.created_at, _outcome(channel, attempt))


def _outcome(channel: Channel, attempt: Delivery) -> str:
    state = attempt.state
    if state in ON_THE_WAY:
        return _("The phone is about to ring.") if channel == Channel.VOICE else _("On its way.")
    if state == Delivery.State.DELIVERED:
        return _("You picked up.") if channel == Channel.VOICE else _("It arrived.")
    if state == Delivery.State.SENT:
        return {
            Channel.MAIL: _("It was sent. Do you not see it? Look at the unwanted mail."),
            Channel.SMS: _("It was sent. Does it not come? Then check the number."),
            Channel.VOICE: _("The phone rings."),
            Channel.PUSH: _("It was sent to your device. Do you see it?"),
        }[channel]
    return _("Nobody picked up, or the line was busy.") if channel == Channel.VOICE else _("It did not work.")
