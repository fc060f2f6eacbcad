"""What tension signals and calls are."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from alliances import tokens
from alliances.models import Alliance, Membership, StandIn, User
from meetings.models import Meeting, Theme
from messaging.models import Channel, Incoming

from .querysets import (
    AnswerQuerySet,
    CallQuerySet,
    ReachQuerySet,
    RecipientQuerySet,
    SignalQuerySet,
    StepQuerySet,
)


class TensionSignal(models.Model):
    """An observation of tension: about a situation and a place, never about a named person (method, rule 2)."""

    class Certainty(models.TextChoices):
        SEEN = "seen", _("I saw or heard it myself")
        HEARD = "heard", _("I heard it from others")
        ONLINE = "online", _("I read it online")

    class Level(models.TextChoices):
        WATCH = "watch", _("keep an eye on")
        WORRY = "worry", _("worry")
        URGENT = "urgent", _("urgent")

    class Moment(models.TextChoices):
        NOW = "now", _("now")
        TODAY = "today", _("today")
        SOON = "soon", _("within 48 hours")

    class When(models.TextChoices):
        """What the form offers; stored as a code, so that each reader reads it in their own language."""

        NOW = "now", _("It is happening now")
        TODAY = "today", _("Earlier today")
        DAYS = "days", _("In the past days")
        COMING = "coming", _("It is still to come")

    # Chosen when the form is opened, not when it is sent: two taps on the button make one signal.
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    alliance = models.ForeignKey(Alliance, models.CASCADE, related_name="signals")
    raised_by = models.ForeignKey(Membership, models.SET_NULL, null=True, related_name="signals")
    raised_at = models.DateTimeField(auto_now_add=True)
    text = models.TextField(_("what you see or hear"), max_length=1000)
    place = models.CharField(_("where about"), max_length=120)
    when = models.CharField(_("when"), max_length=120, blank=True)
    certainty = models.CharField(_("how sure"), max_length=8, choices=Certainty)
    level = models.CharField(_("level"), max_length=8, choices=Level)
    moment = models.CharField(_("when to meet"), max_length=8, choices=Moment, blank=True)
    meeting = models.ForeignKey(
        Meeting, models.SET_NULL, null=True, related_name="signals", help_text="Whose agenda it is on."
    )
    theme = models.ForeignKey(
        Theme, models.SET_NULL, null=True, related_name="signals", help_text="Whose what-if fits."
    )
    practice = models.BooleanField(default=False, help_text="Of a practice evening: nothing really happens.")
    withdrawn_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Membership, models.SET_NULL, null=True, related_name="+")
    outcome = models.TextField(_("what was done with it"), max_length=1000, blank=True)

    objects = SignalQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("tension signal"), _("tension signals")
        ordering = ["-raised_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(level="urgent") & ~models.Q(moment="")
                | ~models.Q(level="urgent") & models.Q(moment=""),
                name="urgent_says_when",
            ),
            models.CheckConstraint(
                condition=models.Q(closed_at__isnull=True) | ~models.Q(outcome=""), name="closing_says_what_was_done"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_level_display()} {self.raised_at:%Y-%m-%d}"

    @property
    def when_said(self) -> str:
        """When it is, in the reader's language; what was typed freely stays as it is."""
        return str(dict(self.When.choices).get(self.when, self.when))

    @property
    def open(self) -> bool:
        """Whether it still waits for what is done with it."""
        return self.closed_at is None and self.withdrawn_at is None


class Ladder(models.Model):
    """How an alliance wants to be called at one pace; without a row the default of `ladder.py` holds.

    Editing changes the next call: a running one keeps its own frozen copy (its steps, its quorum).
    """

    class Pace(models.TextChoices):
        NOW = "now", _("urgent, now")
        LATER = "later", _("urgent, today or within 48 hours")
        WORRY = "worry", _("worry")

    alliance = models.ForeignKey(Alliance, models.CASCADE, related_name="ladders")
    pace = models.CharField(max_length=8, choices=Pace)
    steps = models.JSONField(help_text='[{"after": seconds, "ways": ["sms", ...]}, ...], see ladder.py')
    police = models.BooleanField(_("the police must come"), default=True)
    municipality = models.BooleanField(_("the municipality must come"), default=True)
    residents = models.PositiveSmallIntegerField(_("how many residents must come"), null=True, blank=True)
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.ForeignKey(Membership, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name, verbose_name_plural = _("ladder"), _("ladders")
        constraints = [models.UniqueConstraint(fields=["alliance", "pace"], name="one_ladder_a_pace")]

    def __str__(self) -> str:
        return self.get_pace_display()


class Call(models.Model):
    """Calling the members together (urgent), or asking them to look (worry). At most one open call for a signal."""

    class State(models.TextChoices):
        RUNNING = "running", _("running")
        STOPPED = "stopped", _("stopped")
        MISTAKE = "mistake", _("called by mistake")
        CLOSED = "closed", _("closed")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    signal = models.ForeignKey(TensionSignal, models.CASCADE, related_name="calls")
    alliance = models.ForeignKey(Alliance, models.CASCADE, related_name="calls")
    # Copied from the signal: who opens a link sees the call, not the signal.
    level = models.CharField(max_length=8, choices=TensionSignal.Level)
    moment = models.CharField(max_length=8, choices=TensionSignal.Moment, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.RUNNING)
    practice = models.BooleanField(default=False)
    started_at = models.DateTimeField(auto_now_add=True)
    begins_at = models.DateTimeField(help_text="Zero of the ladder: the start, or the end of the quiet hours after it.")
    needed = models.JSONField(default=dict, help_text="The quorum, frozen: how many of each role must come.")
    enough_at = models.DateTimeField(
        null=True, help_text="Since when there are enough people; null while there are not."
    )
    started_by = models.ForeignKey(Membership, models.SET_NULL, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Membership, models.SET_NULL, null=True, related_name="+")
    call_list_at = models.DateTimeField(null=True, help_text="When the call list opened for everybody.")

    objects = CallQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("call"), _("calls")
        ordering = ["-started_at"]
        constraints = [
            models.UniqueConstraint(fields=["signal"], condition=models.Q(state="running"), name="one_open_call"),
            models.CheckConstraint(
                condition=models.Q(state="running", ended_at__isnull=True)
                | ~models.Q(state="running") & models.Q(ended_at__isnull=False),
                name="call_ended_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()} {self.started_at:%Y-%m-%d}"

    @property
    def runs(self) -> bool:
        """Whether people are still being called."""
        return self.state == self.State.RUNNING


class CallRecipient(models.Model):
    """Somebody who is called: frozen when the call starts, with the link that answers without a password.

    Who raised the signal is a recipient too, who has said "coming" already and gets no message. A stand-in is one from
    the start, on the seat of whom they stand in for, and is called when that member cannot or stays silent.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    call = models.ForeignKey(Call, models.CASCADE, related_name="recipients")
    membership = models.ForeignKey(Membership, models.CASCADE, related_name="calls")
    stand_in = models.ForeignKey(StandIn, models.SET_NULL, null=True, related_name="calls")
    stands_in = models.BooleanField(default=False)  # stays when the stand-in is forgotten
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    called_at = models.DateTimeField(
        null=True, help_text="From when this person is asked; null for a stand-in in reserve."
    )
    opened_at = models.DateTimeField(null=True)
    good_call = models.BooleanField(null=True, help_text="Afterwards: was it right to call? Shown as counts only.")

    objects = RecipientQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["call", "membership", "stands_in"], name="called_once")]

    def __str__(self) -> str:
        return str(self.uuid)

    @property
    def user(self) -> User | None:
        """Who is asked (membership or stand-in loaded with their user); None when that person is gone."""
        if self.stands_in:
            return self.stand_in.user if self.stand_in else None
        return self.membership.user

    @property
    def speaker(self) -> Membership | None:
        """In whose name they answer themselves: their seat; a stand-in has none."""
        return None if self.stands_in else self.membership

    @property
    def name(self) -> str:
        """What the table calls this person."""
        if self.stands_in:
            return self.stand_in.name if self.stand_in else str(_("a former stand-in"))
        return self.membership.name

    @property
    def token(self) -> str:
        """The secret part of the link in the messages of this call."""
        return tokens.derive("answer", self.uuid)


class CallReach(models.Model):
    """Where a recipient is reached during this call, frozen when it started. Only the worker reads it."""

    recipient = models.ForeignKey(CallRecipient, models.CASCADE, related_name="reach")
    channel = models.CharField(max_length=8, choices=Channel)
    address = models.CharField(max_length=1000)
    keys = models.JSONField(null=True)
    position = models.PositiveSmallIntegerField(default=0)

    objects = ReachQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["recipient", "channel", "address"], name="one_reach_an_address"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.pk}"


class CallStep(models.Model):
    """A step of the ladder with its due time, frozen when the call starts. Taken at most once."""

    class Kind(models.TextChoices):
        LADDER = "ladder", _("step of the ladder")
        SEEN_AGAIN = "seen_again", _("asked once more who had seen it")
        STAND_IN = "stand_in", _("the stand-in is called")

    class State(models.TextChoices):
        DUE = "due", _("due")
        TAKEN = "taken", _("taken")
        CANCELLED = "cancelled", _("cancelled")

    call = models.ForeignKey(Call, models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.LADDER)
    position = models.PositiveSmallIntegerField(default=0)
    ways = ArrayField(models.CharField(max_length=12), default=list)
    recipient = models.ForeignKey(CallRecipient, models.CASCADE, null=True, related_name="steps")
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.DUE)
    taken_at = models.DateTimeField(null=True)
    reached = models.PositiveSmallIntegerField(default=0, help_text="How many people this step went to.")

    objects = StepQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "position"]
        indexes = [models.Index(fields=["due_at"], name="steps_due", condition=models.Q(state="due"))]
        constraints = [
            models.UniqueConstraint(
                fields=["call", "kind", "position", "recipient"], name="each_step_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=models.Q(state="taken", taken_at__isnull=False)
                | ~models.Q(state="taken") & models.Q(taken_at__isnull=True),
                name="step_taken_at",
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class CallEvent(models.Model):
    """What happened in a call and follows from no other row: who was not asked by a step and why, enough people or not
    any more, a stand-in called. Append-only, held by a trigger.
    """

    class Kind(models.TextChoices):
        SKIPPED = "skipped", _("not asked")
        ENOUGH = "enough", _("enough people")
        SHORT = "short", _("not enough people any more")
        STAND_IN = "stand_in", _("stand-in called")
        DUTY = "duty", _("coordinator on duty told")
        UNREACHED = "unreached", _("cannot be reached")

    class Why(models.TextChoices):
        ANSWERED = "answered", _("has answered")
        NO_WAY = "no_way", _("has no such number or address")
        STOPPED = "stopped", _("wants no text messages")
        WAITING = "waiting", _("the first message still waits for the morning")
        LEFT = "left", _("has left the table")
        NOBODY = "nobody", _("nobody was agreed on")
        OFF = "off", _("this way is not set up here")

    call = models.ForeignKey(Call, models.CASCADE, related_name="events")
    kind = models.CharField(max_length=10, choices=Kind)
    step = models.ForeignKey(CallStep, models.CASCADE, null=True, related_name="events")
    recipient = models.ForeignKey(CallRecipient, models.CASCADE, null=True, related_name="events")
    way = models.CharField(max_length=12, blank=True, default="")
    why = models.CharField(max_length=10, choices=Why, blank=True, default="")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return self.get_kind_display()


class Remark(models.Model):
    """What somebody wrote back that is none of the three answers. Kept whole, shown in the timeline."""

    recipient = models.ForeignKey(CallRecipient, models.CASCADE, related_name="remarks")
    incoming = models.OneToOneField(Incoming, models.CASCADE, related_name="+")
    text = models.TextField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return str(self.pk)


class Answer(models.Model):
    """What somebody said to a call. A later answer replaces; history stays."""

    class Value(models.TextChoices):
        COMING = "coming", _("I am coming")
        CANNOT = "cannot", _("I cannot")
        SEEN = "seen", _("Seen, I do not know yet")
        NOTICE = "notice", _("I notice it too")
        NOTHING = "nothing", _("I notice nothing")
        UNKNOWN = "unknown", _("I do not know")

    class Via(models.TextChoices):
        LINK = "link", _("by link")
        SMS = "sms", _("by text message")
        VOICE = "voice", _("on the phone, by a key")
        SITE = "site", _("on this site")
        BEHALF = "behalf", _("by phone, filled in by another member")

    recipient = models.ForeignKey(CallRecipient, models.CASCADE, related_name="answers")
    value = models.CharField(max_length=8, choices=Value)
    text = models.CharField(_("when you can be there"), max_length=300, blank=True)
    incoming = models.OneToOneField(Incoming, models.SET_NULL, null=True, related_name="+")
    via = models.CharField(max_length=8, choices=Via)
    by = models.ForeignKey(
        Membership, models.SET_NULL, null=True, related_name="+", help_text="Null for a stand-in, who has no seat."
    )
    at = models.DateTimeField(db_default=Now())  # the database's: the newest answer counts, whichever machine kept it

    objects = AnswerQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return self.get_value_display()


URGENT_ANSWERS = (Answer.Value.COMING, Answer.Value.CANNOT, Answer.Value.SEEN)
WORRY_ANSWERS = (Answer.Value.NOTICE, Answer.Value.NOTHING, Answer.Value.UNKNOWN)
