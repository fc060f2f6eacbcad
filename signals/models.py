"""What tension signals and calls are."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from alliances import tokens
from alliances.models import Alliance, Membership
from meetings.models import Meeting

from .querysets import AnswerQuerySet, CallQuerySet, RecipientQuerySet, SignalQuerySet, StepQuerySet


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
    started_at = models.DateTimeField(auto_now_add=True)
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

    Who raised the signal is a recipient too, who has said "coming" already and gets no message.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    call = models.ForeignKey(Call, models.CASCADE, related_name="recipients")
    membership = models.ForeignKey(Membership, models.CASCADE, related_name="calls")
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    opened_at = models.DateTimeField(null=True)

    objects = RecipientQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["call", "membership"], name="called_once")]

    def __str__(self) -> str:
        return str(self.uuid)

    @property
    def token(self) -> str:
        """The secret part of the link in the messages of this call."""
        return tokens.derive("answer", self.uuid)


class CallStep(models.Model):
    """A step of the ladder with its due time. Taken at most once."""

    class Kind(models.TextChoices):
        SMS_AGAIN = "sms_again", _("text message again to the silent")
        CALL_LIST = "call_list", _("call list to everybody")
        NUDGE = "nudge", _("one nudge to the silent")

    class State(models.TextChoices):
        DUE = "due", _("due")
        TAKEN = "taken", _("taken")
        CANCELLED = "cancelled", _("cancelled")

    call = models.ForeignKey(Call, models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=12, choices=Kind)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.DUE)
    taken_at = models.DateTimeField(null=True)
    reached = models.PositiveSmallIntegerField(default=0, help_text="How many people this step went to.")

    objects = StepQuerySet.as_manager()

    class Meta:
        ordering = ["due_at"]
        indexes = [models.Index(fields=["due_at"], name="steps_due", condition=models.Q(state="due"))]
        constraints = [
            models.UniqueConstraint(fields=["call", "kind"], name="each_step_once"),
            models.CheckConstraint(
                condition=models.Q(state="taken", taken_at__isnull=False)
                | ~models.Q(state="taken") & models.Q(taken_at__isnull=True),
                name="step_taken_at",
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


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
        SITE = "site", _("on this site")
        BEHALF = "behalf", _("by phone, filled in by another member")

    recipient = models.ForeignKey(CallRecipient, models.CASCADE, related_name="answers")
    value = models.CharField(max_length=8, choices=Value)
    text = models.CharField(_("when you can be there"), max_length=120, blank=True)
    via = models.CharField(max_length=8, choices=Via)
    by = models.ForeignKey(Membership, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return self.get_value_display()


URGENT_ANSWERS = (Answer.Value.COMING, Answer.Value.CANNOT, Answer.Value.SEEN)
WORRY_ANSWERS = (Answer.Value.NOTICE, Answer.Value.NOTHING, Answer.Value.UNKNOWN)
