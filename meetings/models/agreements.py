"""What was decided: plans, agreements with their owners, and questions to others."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from alliances.models import Alliance, Membership
from meetings.querysets import ActionPlanQuerySet, AgreementQuerySet, JointQuestionQuerySet

from .planning import Meeting
from .themes import Theme

OWNERS = 2


class ActionPlan(models.Model):
    """A plan of action (plan van aanpak) and what everybody says to it, with a day to look at it again."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    alliance = models.ForeignKey(Alliance, models.CASCADE, related_name="action_plans")
    theme = models.ForeignKey(Theme, models.SET_NULL, null=True, blank=True, related_name="action_plans")
    title = models.CharField(_("what we want"), max_length=120)
    text = models.TextField(_("how"), max_length=2000)
    review_on = models.DateField(_("when we look at it again"))
    made_by = models.ForeignKey(Membership, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.TextField(_("what came of it"), max_length=1000, blank=True)

    objects = ActionPlanQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("plan of action"), _("plans of action")
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return self.title


class Consent(models.Model):
    """What one member says to a plan; a later word replaces it."""

    class Value(models.TextChoices):
        AGREE = "agree", _("I agree")
        LIVE_WITH = "live", _("I can live with it")
        OBJECT = "object", _("I object")

    plan = models.ForeignKey(ActionPlan, models.CASCADE, related_name="consents")
    membership = models.ForeignKey(Membership, models.CASCADE, related_name="consents")
    value = models.CharField(max_length=6, choices=Value)
    why = models.TextField(_("why"), max_length=500, blank=True)
    at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "membership"], name="one_consent_each")]

    def __str__(self) -> str:
        return self.value


class Agreement(models.Model):
    """Something we agreed. With owners it is an action: it binds nobody before their own yes."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        DONE = "done", _("done")
        FAILED = "failed", _("did not work")
        DROPPED = "dropped", _("not needed any more")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    alliance = models.ForeignKey(Alliance, models.CASCADE, related_name="agreements")
    meeting = models.ForeignKey(Meeting, models.SET_NULL, null=True, blank=True, related_name="agreements")
    theme = models.ForeignKey(Theme, models.SET_NULL, null=True, blank=True, related_name="agreements")
    plan = models.ForeignKey(ActionPlan, models.SET_NULL, null=True, blank=True, related_name="agreements")
    text = models.CharField(_("what"), max_length=300)
    due_on = models.DateField(_("by when"), null=True, blank=True)
    state = models.CharField(max_length=7, choices=State, default=State.OPEN)
    outcome = models.TextField(_("what came of it"), max_length=1000, blank=True)
    made_by = models.ForeignKey(Membership, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("agreement"), _("agreements")
        ordering = ["due_on", "made_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="open", closed_at__isnull=True)
                | ~models.Q(state="open") & models.Q(closed_at__isnull=False),
                name="agreement_closed_at",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="failed") | ~models.Q(outcome=""), name="failed_says_because"
            ),
        ]

    def __str__(self) -> str:
        return self.text[:40]


class Owner(models.Model):
    """Who does it: one or two members, each bound only after their own yes."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="owners")
    membership = models.ForeignKey(Membership, models.CASCADE, related_name="owned")
    number = models.PositiveSmallIntegerField()
    yes_at = models.DateTimeField(null=True)
    no_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "number"], name="each_owner_number_once"),
            models.UniqueConstraint(fields=["agreement", "membership"], name="owner_once"),
            models.CheckConstraint(condition=models.Q(number__range=(1, OWNERS)), name="two_owners"),
            models.CheckConstraint(
                condition=models.Q(yes_at__isnull=True) | models.Q(no_at__isnull=True), name="owner_yes_or_no"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}"


class JointQuestion(models.Model):
    """A question of the whole table to a mayor, a housing corporation, and the day by which an answer was promised."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    alliance = models.ForeignKey(Alliance, models.CASCADE, related_name="questions")
    theme = models.ForeignKey(Theme, models.SET_NULL, null=True, blank=True, related_name="questions")
    to = models.CharField(_("to whom"), max_length=120)
    text = models.TextField(_("what we ask"), max_length=1000)
    asked_on = models.DateField(_("asked on"))
    promised_on = models.DateField(_("answer promised by"), null=True, blank=True)
    answer = models.TextField(_("the answer"), max_length=2000, blank=True)
    answered_on = models.DateField(null=True)
    made_by = models.ForeignKey(Membership, models.SET_NULL, null=True, related_name="+")

    objects = JointQuestionQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("joint question"), _("joint questions")
        ordering = ["-asked_on"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(promised_on__isnull=True) | models.Q(promised_on__gte=models.F("asked_on")),
                name="promised_after_asked",
            ),
            models.CheckConstraint(
                condition=models.Q(answer="", answered_on__isnull=True)
                | ~models.Q(answer="") & models.Q(answered_on__isnull=False),
                name="question_answered_on",
            ),
        ]

    def __str__(self) -> str:
        return self.to
