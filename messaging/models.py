"""What a message is: how somebody is reached, what was frozen for them and what became of each attempt.

Message, Payload and Delivery have a client-made UUID as their key: whoever calls others together writes messages that
row-level security does not let them read back, so an INSERT must need no RETURNING. That key is the reference in the
mail's Message-ID and towards the SMS provider, so that an attempt can be told from its double; it is never in a page's
address.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from django.conf import settings
from django.core.validators import validate_email
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from messaging.querysets import ContactPointQuerySet, DeliveryQuerySet, MessageQuerySet, WorkerSeenQuerySet


class Recipient(Protocol):
    """What messaging needs to know of a person; `alliances.User` has it."""

    @property
    def pk(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def recognition_word(self) -> str: ...
    @property
    def language(self) -> str: ...


class Channel(models.TextChoices):
    """How a message travels."""

    MAIL = "mail", _("mail")
    SMS = "sms", _("SMS")
    VOICE = "voice", _("phone call")
    PUSH = "push", _("push message")


class ContactPoint(models.Model):
    """A way to reach somebody: nothing but codes goes there before it is verified and the person agreed.

    A mobile number may be texted (`may_message`) and rung by the application (`may_ring`), a landline only rung; a push
    subscription is a browser on one device, its address the push service's endpoint.
    """

    class Kind(models.TextChoices):
        EMAIL = "email", _("e-mail")
        MOBILE = "mobile", _("mobile number")
        LANDLINE = "landline", _("landline number")
        PUSH = "push", _("messages on a device")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="contact_points")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    address = models.CharField(_("address or number"), max_length=1000)
    keys = models.JSONField(null=True, blank=True, help_text="Of a push subscription: p256dh and auth (RFC 8291).")
    device = models.CharField(_("device"), max_length=80, blank=True)
    verified_at = models.DateTimeField(_("verified"), null=True, blank=True)
    may_message = models.BooleanField(_("may be used for messages"), default=False)
    may_ring = models.BooleanField(_("we may ring it"), default=False)
    on_call_list = models.BooleanField(_("members may phone it"), default=False)
    position = models.PositiveSmallIntegerField(_("order"), default=0, help_text="The lowest is preferred.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # What we know of it. A member sees these of their own, a table sees counts.
    stopped_at = models.DateTimeField(null=True, blank=True, help_text="When the person texted STOP.")
    tried_at = models.DateTimeField(null=True, blank=True, help_text="When something was last handed over for it.")
    reached_at = models.DateTimeField(null=True, blank=True, help_text="When something last proved to arrive.")
    failed_at = models.DateTimeField(
        null=True, blank=True, help_text="When it last failed for good, since `reached_at`."
    )
    failure = models.CharField(max_length=300, blank=True, default="")

    objects = ContactPointQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("contact point"), _("contact points")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "address"], name="contact_point_once_a_person"),
            models.UniqueConstraint(
                fields=["address"], condition=Q(verified_at__isnull=False), name="verified_address_of_one_person"
            ),
            models.CheckConstraint(
                condition=Q(kind="email", address__regex=r"^[^\sA-Z@]+@[^\sA-Z@]+$")
                | Q(kind__in=["mobile", "landline"], address__regex=r"^\+[1-9][0-9]{6,14}$")
                | Q(kind="push", address__regex=r"^https?://\S+$"),
                name="contact_point_address",
            ),
            models.CheckConstraint(
                condition=Q(kind="push", keys__isnull=False) | ~Q(kind="push") & Q(keys__isnull=True),
                name="keys_of_push_only",
            ),
            models.CheckConstraint(
                condition=Q(may_message=False) | Q(verified_at__isnull=False, kind__in=["email", "mobile", "push"]),
                name="messages_only_to_verified",
            ),
            models.CheckConstraint(
                condition=Q(may_ring=False) | Q(verified_at__isnull=False, kind__in=["mobile", "landline"]),
                name="only_verified_numbers_are_rung",
            ),
            models.CheckConstraint(
                condition=Q(on_call_list=False) | Q(kind__in=["mobile", "landline"]), name="only_numbers_are_phoned"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.uuid}"

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The channels that may reach this address now: none when the person said STOP or agreed to nothing."""
        if self.verified_at is None:
            return ()
        by_message = {"email": Channel.MAIL, "mobile": Channel.SMS, "push": Channel.PUSH}.get(self.kind)
        message = (by_message,) if by_message and self.may_message and not self.stopped_at else ()
        return (*message, *((Channel.VOICE,) if self.may_ring else ()))


class QuietHours(models.Model):
    """When nothing but an urgent call for now may arrive, by the clock of the Netherlands. No row: 21.30-07.30."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="quiet_hours")
    starts = models.TimeField(_("from"))
    ends = models.TimeField(_("until"))

    class Meta:
        verbose_name, verbose_name_plural = _("quiet hours"), _("quiet hours")

    def __str__(self) -> str:
        return f"{self.starts:%H:%M}-{self.ends:%H:%M}"


@dataclass(frozen=True, kw_only=True)
class Way:
    """One address and the channel that goes there; `keys` are those of a push subscription."""

    channel: Channel
    address: str
    keys: Mapping[str, str] | None = None


def channel_of(address: str) -> Channel:
    """Which channel a bare address takes. Raises ValidationError for neither a number in E.164 nor a mail address."""
    if address.startswith("+"):
        return Channel.SMS
    validate_email(address)
    return Channel.MAIL


class Message(models.Model):
    """One person, one occasion. `about` is the UUID of the meeting, call or invitation that it follows from."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    kind = models.CharField(_("kind"), max_length=32)
    about = models.UUIDField(null=True, db_index=True)
    dedupe_key = models.CharField(max_length=200, null=True, unique=True)
    urgent = models.BooleanField(_("urgent"), default=False)
    created_at = models.DateTimeField(_("made"))
    expires_at = models.DateTimeField(_("expires"), null=True)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("message"), _("messages")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(dedupe_key=""), name="dedupe_key_not_empty"),
            models.CheckConstraint(
                condition=Q(expires_at__isnull=True) | Q(expires_at__gt=models.F("created_at")),
                name="expires_after_made",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class Payload(models.Model):
    """The frozen text for one address: the bytes of a mail, the UTF-8 text of an SMS, what is spoken and a push message
    as JSON (rendering.py). Holds personal links: nobody but the worker reads it.

    A payload without a delivery is in reserve: it goes, in the order of `position`, when one before it fails for good.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    message = models.ForeignKey(Message, models.CASCADE, related_name="payloads")
    channel = models.CharField(max_length=8, choices=Channel)
    address = models.CharField(max_length=1000)
    content = models.BinaryField()
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "channel", "address"], name="one_payload_an_address")]

    def __str__(self) -> str:
        return f"{self.channel} {self.id}"


def _legal(state: str, *, has: Sequence[str] = (), may: Sequence[str] = ()) -> Q:
    """In this state exactly the moments of `has` are filled, those of `may` perhaps, the others not."""
    moments = ("claim", "lease_until", "sent_at", "delivered_at", "failed_at")
    return Q(state=state) & Q(**{f"{name}__isnull": name not in has for name in moments if name not in may})


class Delivery(models.Model):
    """One attempt to bring one payload: due -> claimed -> sent -> delivered, or failed, expired, cancelled."""

    class State(models.TextChoices):
        DUE = "due", _("waiting")
        CLAIMED = "claimed", _("being sent")
        SENT = "sent", _("sent")
        DELIVERED = "delivered", _("delivered")
        FAILED = "failed", _("failed")
        EXPIRED = "expired", _("too late")
        CANCELLED = "cancelled", _("cancelled")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    message = models.ForeignKey(Message, models.CASCADE, related_name="deliveries")
    # No index of its own: the one that keeps attempts apart begins with the payload.
    payload = models.ForeignKey(Payload, models.CASCADE, related_name="deliveries", db_index=False)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    urgent = models.BooleanField(default=False)  # a copy of the message's, so that the claim reads one index
    attempt = models.PositiveSmallIntegerField(_("attempt"), default=1)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.DUE)
    due_at = models.DateTimeField(_("due"))
    claim = models.UUIDField(null=True)  # fencing: only who holds this claim may record the outcome
    lease_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(_("sent"), null=True)
    delivered_at = models.DateTimeField(_("delivered"), null=True)
    failed_at = models.DateTimeField(_("failed"), null=True)
    refused = models.BooleanField(default=False)  # this provider said: never to this address; another may do better
    permanent = models.BooleanField(_("permanent"), default=False)  # nobody is left to try: the next in reserve goes
    error = models.CharField(_("error"), max_length=300, blank=True, default="")
    provider = models.CharField(_("provider"), max_length=40, blank=True, default="")
    provider_reference = models.CharField(max_length=100, blank=True, default="")
    maybe_doubled = models.BooleanField(_("maybe sent twice"), default=False)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("delivery"), _("deliveries")
        ordering = ["-due_at", "attempt"]
        indexes = [  # and delivery_claim, which only the claim reads: migrations/cheap_claim.sql
            models.Index(fields=["provider_reference"], name="delivery_receipt", condition=~Q(provider_reference="")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["payload", "attempt"], name="one_delivery_an_attempt"),
            models.CheckConstraint(condition=Q(attempt__gte=1), name="attempts_from_one"),
            models.CheckConstraint(
                condition=_legal("due")
                | _legal("claimed", has=["claim", "lease_until"])
                | _legal("sent", has=["sent_at"])
                | _legal("delivered", has=["sent_at", "delivered_at"])
                | _legal("failed", has=["failed_at"], may=["sent_at"])  # a mail may bounce after it was sent
                | _legal("expired")
                | _legal("cancelled"),
                name="delivery_legal_state",
            ),
            models.CheckConstraint(
                condition=Q(state="failed") & ~Q(error="")
                | ~Q(state="failed") & Q(error="", permanent=False, refused=False),
                name="failed_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.id} {self.state}"


class Incoming(models.Model):
    """What a provider tells us: a receipt, a reply, a key pressed. The web only writes it down, the worker reads it
    (actions.receive): so it may come twice, too early or in the wrong order, and nothing of it is lost.
    """

    class Kind(models.TextChoices):
        RECEIPT = "receipt", _("receipt")
        REPLY = "reply", _("text message from a person")
        KEY = "key", _("key pressed during a phone call")

    class Status(models.TextChoices):
        """What a receipt says, in our words."""

        SENT = "sent", _("sent")
        DELIVERED = "delivered", _("delivered")
        NO_ANSWER = "no_answer", _("nobody picked up")
        BUSY = "busy", _("busy")
        MACHINE = "machine", _("voicemail")
        FAILED = "failed", _("failed for now")
        PERMANENT = "permanent", _("failed for good")

    class Outcome(models.TextChoices):
        """What became of it."""

        APPLIED = "applied", _("taken in")
        KNOWN = "known", _("known already")
        ANSWER = "answer", _("an answer to a call")
        REMARK = "remark", _("words beside a call")
        STOP = "stop", _("no more text messages")
        START = "start", _("text messages again")
        STRANGER = "stranger", _("from a number that nobody has")
        NOBODY_ASKED = "nobody_asked", _("nothing was asked of this person")
        LOST = "lost", _("about something that we do not know")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    provider = models.CharField(_("provider"), max_length=40)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    news_key = models.CharField(max_length=200, unique=True, help_text="Tells the same news told twice.")
    reference = models.UUIDField(null=True, help_text="Our reference: the payload.")
    provider_reference = models.CharField(max_length=100, blank=True, default="")
    address = models.CharField(_("from"), max_length=254, blank=True, default="")
    status = models.CharField(_("status"), max_length=10, choices=Status, blank=True, default="")
    text = models.TextField(_("text"), blank=True, default="")
    at = models.DateTimeField(null=True, help_text="When it happened, as the provider says.")
    received_at = models.DateTimeField(_("received"), db_default=Now())
    handled_at = models.DateTimeField(_("read"), null=True)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome, blank=True, default="")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    delivery = models.ForeignKey(Delivery, models.SET_NULL, null=True, related_name="incoming")

    class Meta:
        verbose_name, verbose_name_plural = _("incoming message"), _("incoming messages")
        ordering = ["-received_at"]
        indexes = [
            models.Index(fields=["received_at"], name="incoming_unread", condition=Q(handled_at__isnull=True)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(handled_at__isnull=True, outcome="") | Q(handled_at__isnull=False) & ~Q(outcome=""),
                name="incoming_read_says_outcome",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class WorkerSeen(models.Model):
    """When a worker's clock last ticked, and when it last looked at every channel. Read by /health/."""

    name = models.CharField(max_length=200, unique=True)
    seen_at = models.DateTimeField()
    swept_at = models.DateTimeField(null=True)

    objects = WorkerSeenQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("worker"), _("workers")

    def __str__(self) -> str:
        return self.name
