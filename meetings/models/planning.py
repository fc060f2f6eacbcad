"""The year: its five dinners, when an alliance likes to meet, what else there is, and who comes."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from alliances import tokens
from alliances.models import Alliance, Membership, User
from meetings.querysets import AttendanceQuerySet, MeetingQuerySet, TensionDateQuerySet

DINNERS_A_YEAR = 5


class Region(models.TextChoices):
    """The three regions of the school holidays."""

    NORTH = "north", _("North")
    MIDDLE = "middle", _("Middle")
    SOUTH = "south", _("South")


class Habit(models.Model):
    """When an alliance likes to meet; without a row it follows from what was planned before."""

    alliance = models.OneToOneField(Alliance, models.CASCADE, related_name="habit")
    weekday = models.PositiveSmallIntegerField(
        _("weekday"), validators=[MaxValueValidator(6)], help_text="0 is Monday."
    )
    begin = models.TimeField(_("begins"))
    end = models.TimeField(_("ends"))
    months = ArrayField(
        models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(12)]),
        verbose_name=_("months"),
        default=list,
        blank=True,
        help_text="Empty: spread over the year.",
    )
    region = models.CharField(_("school holidays"), max_length=6, choices=Region, default=Region.MIDDLE)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(weekday__range=(0, 6)), name="habit_weekday"),
            models.CheckConstraint(condition=models.Q(end__gt=models.F("begin")), name="habit_ends_after_begin"),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.begin:%H:%M}"


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
    route = models.TextField(_("how to get there"), max_length=500, blank=True)
    access = models.CharField(_("accessible"), max_length=160, blank=True)
    costs = models.CharField(_("costs"), max_length=160, blank=True)
    thanks = models.TextField(_("thank you"), max_length=300, blank=True)
    host = models.ForeignKey(Membership, models.SET_NULL, null=True, blank=True, related_name="hosted")
    # RFC 5545, 3.8.7.4: raised at each change that matters, so that calendars replace what they have.
    sequence = models.PositiveIntegerField(default=0, editable=False)
    changed_at = models.DateTimeField(
        null=True, editable=False, help_text="When the place or the end changed, until everybody heard who must."
    )

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
    present = models.BooleanField(_("was there"), null=True)
    # What the last message about the evening said, or what the member changed: who was told otherwise must hear it.
    told_place = models.CharField(max_length=160, blank=True, editable=False)
    told_ends_at = models.DateTimeField(null=True, editable=False, help_text="Empty before the first message.")
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


class SchoolHoliday(models.Model):
    """A holiday of the schools in one region, as officially published; imported, the same for everybody."""

    region = models.CharField(_("region"), max_length=6, choices=Region)
    name = models.CharField(_("name"), max_length=40)
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    source = models.URLField(_("source"), max_length=300)

    class Meta:
        verbose_name, verbose_name_plural = _("school holiday"), _("school holidays")
        ordering = ["first_day", "region"]
        constraints = [
            models.UniqueConstraint(fields=["region", "first_day"], name="one_holiday_begins"),
            models.CheckConstraint(condition=models.Q(last_day__gte=models.F("first_day")), name="holiday_lasts"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.first_day:%Y} {self.region}"


class TensionDate(models.Model):
    """A day on which tension may rise (spanningskalender), kept by the alliance. What is public is computed; a row with
    its key in `public` and no title hides it for this alliance.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    alliance = models.ForeignKey(Alliance, models.CASCADE, related_name="tension_dates")
    day = models.DateField(_("day"))
    title = models.CharField(_("what"), max_length=80, blank=True)
    public = models.CharField(max_length=60, blank=True)
    made_by = models.ForeignKey(Membership, models.SET_NULL, null=True, related_name="+")

    objects = TensionDateQuerySet.as_manager()

    class Meta:
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "public"], condition=~models.Q(public=""), name="public_date_hidden_once"
            ),
            models.CheckConstraint(condition=~models.Q(title="", public=""), name="tension_date_says_what"),
        ]

    def __str__(self) -> str:
        return f"{self.day}"


class CalendarFeed(models.Model):
    """The address at which a person's own calendar looks: all their alliances. Another row, another address."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.OneToOneField(User, models.CASCADE, related_name="calendar_feed")
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.made_at:%Y-%m-%d}"

    @property
    def token(self) -> str:
        """The secret part of its address."""
        return tokens.derive("feed", self.uuid)


class SummaryChoice(models.Model):
    """Whether a person gets the monthly summary, and the link by which one click stops it."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.OneToOneField(User, models.CASCADE, related_name="summary_choice")
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    stopped_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return "stopped" if self.stopped_at else "wanted"

    @property
    def token(self) -> str:
        """The secret part of the link."""
        return tokens.derive("summary", self.uuid)
