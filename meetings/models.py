"""What meetings and themes are."""

import uuid

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from alliances import tokens
from alliances.models import Alliance, Membership

from .querysets import AttendanceQuerySet, MeetingQuerySet, ThemeQuerySet

DINNERS_A_YEAR = 5


class YearPlan(models.Model):
    """The five dinners of one year. Five numbers, each once: the database holds it."""

    alliance = models.ForeignKey(Alliance, models.CASCADE, related_name="year_plans")
    year = models.PositiveSmallIntegerField(_("year"))

    class Meta:
        verbose_name, verbose_name_plural = _("year plan"), _("year plans")
        constraints = [models.UniqueConstraint(fields=["alliance", "year"], name="one_plan_a_year")]

    def __str__(self) -> str:
        return f"{self.year}"


class Meeting(models.Model):
    """A dinner of the year plan, an extra evening, or an urgent meeting. Stored in UTC, meant in Europe/Amsterdam."""

    class Kind(models.TextChoices):
        REGULAR = "regular", _("dinner")
        EXTRA = "extra", _("extra evening")
        URGENT = "urgent", _("urgent meeting")

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        CANCELLED = "cancelled", _("cancelled")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    alliance = models.ForeignKey(Alliance, models.CASCADE, related_name="meetings")
    plan = models.ForeignKey(YearPlan, models.CASCADE, null=True, blank=True, related_name="meetings")
    number = models.PositiveSmallIntegerField(_("number"), null=True, blank=True)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.REGULAR)
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED)
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    place = models.CharField(_("place"), max_length=160, blank=True)
    food = models.CharField(_("food"), max_length=160, blank=True)
    host = models.ForeignKey(Membership, models.SET_NULL, null=True, blank=True, related_name="hosted")
    # RFC 5545, 3.8.7.4: raised at each change that matters, so that calendars replace what they have.
    sequence = models.PositiveIntegerField(default=0, editable=False)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("meeting"), _("meetings")
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="regular", plan__isnull=False, number__range=(1, DINNERS_A_YEAR))
                | ~models.Q(kind="regular") & models.Q(plan__isnull=True, number__isnull=True),
                name="five_in_the_plan",
            ),
            models.UniqueConstraint(fields=["plan", "number"], name="each_number_once"),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="meeting_ends_after_start"
            ),
        ]
        indexes = [models.Index(fields=["alliance", "starts_at"], name="meetings_of_alliance")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.starts_at:%Y-%m-%d}"


class Attendance(models.Model):
    """One member's answer to "are you coming?", with the link by which it can be given without signing in."""

    class Answer(models.TextChoices):
        COMING = "coming", _("Yes")
        PERHAPS = "perhaps", _("Perhaps")
        NOT = "not", _("No")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="attendances")
    membership = models.ForeignKey(Membership, models.CASCADE, related_name="attendances")
    answer = models.CharField(max_length=8, choices=Answer, blank=True)
    answered_at = models.DateTimeField(null=True)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "membership"], name="one_answer_each"),
            models.CheckConstraint(
                condition=models.Q(answer="", answered_at__isnull=True)
                | ~models.Q(answer="") & models.Q(answered_at__isnull=False),
                name="attendance_answered_at",
            ),
        ]

    def __str__(self) -> str:
        return self.answer or "?"

    @property
    def token(self) -> str:
        """The secret part of the link in the reminder."""
        return tokens.derive("attendance", self.uuid)


class ThemeCategory(models.Model):
    """What kind of theme it is; kept by the administrator."""

    name_nl = models.CharField(_("Dutch name"), max_length=60, unique=True)
    name_en = models.CharField(_("English name"), max_length=60, unique=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    active = models.BooleanField(_("can be chosen"), default=True)

    class Meta:
        verbose_name, verbose_name_plural = _("theme category"), _("theme categories")
        ordering = ["order", "name_nl"]

    def __str__(self) -> str:
        return self.name_en if (get_language() or "").startswith("en") else self.name_nl


class Theme(models.Model):
    """Something to talk about, from its first words to what was done with it."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        ON_AGENDA = "agenda", _("on the agenda")
        DISCUSSED = "discussed", _("discussed")
        RESTING = "resting", _("resting")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    alliance = models.ForeignKey(Alliance, models.CASCADE, related_name="themes")
    category = models.ForeignKey(ThemeCategory, models.PROTECT, related_name="+", verbose_name=_("category"))
    title = models.CharField(_("title"), max_length=80)
    text = models.TextField(_("what you notice"), max_length=2000)
    raised_by = models.ForeignKey(Membership, models.SET_NULL, null=True, related_name="themes")
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    meeting = models.ForeignKey(Meeting, models.SET_NULL, null=True, related_name="themes")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ThemeQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("theme"), _("themes")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="agenda") | models.Q(meeting__isnull=False), name="agenda_of_a_meeting"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Feedback(models.Model):
    """What was done with a theme (method, rule 7: everything gets an answer)."""

    theme = models.ForeignKey(Theme, models.CASCADE, related_name="feedback")
    text = models.TextField(_("what was done with it"), max_length=1000)
    by = models.ForeignKey(Membership, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d}"
