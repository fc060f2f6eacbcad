"""What we talk about: themes, points, what people bring, and what if."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from alliances.models import Alliance, Membership
from meetings.querysets import ThemeQuerySet

from .planning import Meeting

POINTS = 3


class ThemeCategory(models.Model):
    """What kind of theme it is; kept by the administrator."""

    name_nl = models.CharField(_("Dutch name"), max_length=60, unique=True)
    name_en = models.CharField(_("English name"), max_length=60, unique=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    active = models.BooleanField(_("can be chosen"), default=True)
    has_date = models.BooleanField(
        _("asks from when"),
        default=False,
        help_text=_("Of something that comes on a day, such as a shelter: the form asks from when."),
    )

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
    on_behalf = models.BooleanField(_("on behalf of somebody else"), default=False)
    starts_on = models.DateField(
        _("from when"), null=True, blank=True, help_text="Of a shelter or a clinic that comes."
    )
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    meeting = models.ForeignKey(Meeting, models.SET_NULL, null=True, related_name="themes")
    created_at = models.DateTimeField(auto_now_add=True)
    # Evenings count as passing it over from here: brought in, or back on the table after it was discussed or rested.
    waits_since = models.DateTimeField(default=timezone.now, editable=False)

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
    # "Do you recognise this?", said by who raised the theme; no opens it again.
    recognised = models.BooleanField(null=True)
    recognised_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d}"


class Discussion(models.Model):
    """An evening on which a theme was talked about."""

    theme = models.ForeignKey(Theme, models.CASCADE, related_name="discussions")
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="discussions")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["meeting__starts_at"]
        constraints = [models.UniqueConstraint(fields=["theme", "meeting"], name="discussed_once_an_evening")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d}"


class ThemePoint(models.Model):
    """One of a member's three equal points for an evening, given to a theme."""

    theme = models.ForeignKey(Theme, models.CASCADE, related_name="points")
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="points")
    membership = models.ForeignKey(Membership, models.CASCADE, related_name="points")
    number = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "membership", "number"], name="each_point_once"),
            models.CheckConstraint(condition=models.Q(number__range=(1, POINTS)), name="three_points"),
        ]

    def __str__(self) -> str:
        return f"{self.number}"


class Contribution(models.Model):
    """What a member brings in or asks (inbreng)."""

    class Kind(models.TextChoices):
        TALENT = "talent", _("what I can contribute")  # to a theme
        BRINGS = "brings", _("what I bring")  # police and municipality, to an evening
        QUESTION = "question", _("what I dare to ask")  # a professional, to the residents, one each evening
        OFFERS = "offers", _("I bring")  # the seat, whatever the evening
        NEEDS = "needs", _("I need")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    alliance = models.ForeignKey(Alliance, models.CASCADE, related_name="contributions")
    membership = models.ForeignKey(Membership, models.CASCADE, related_name="contributions")
    kind = models.CharField(max_length=8, choices=Kind)
    theme = models.ForeignKey(Theme, models.CASCADE, null=True, related_name="contributions")
    meeting = models.ForeignKey(Meeting, models.CASCADE, null=True, related_name="contributions")
    text = models.TextField(max_length=500)
    then = models.TextField(_("what we do with your answer"), max_length=500, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="talent", theme__isnull=False, meeting__isnull=True)
                | models.Q(kind__in=["brings", "question"], meeting__isnull=False, theme__isnull=True)
                | models.Q(kind__in=["offers", "needs"], theme__isnull=True, meeting__isnull=True),
                name="contribution_to_what",
            ),
            models.UniqueConstraint(
                fields=["meeting", "membership", "kind"],
                condition=models.Q(kind__in=["brings", "question"]),
                name="one_of_each_an_evening",
            ),
            models.UniqueConstraint(
                fields=["membership", "kind"], condition=models.Q(kind__in=["offers", "needs"]), name="one_of_each_seat"
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class Scenario(models.Model):
    """What if (stel dat): kept with its theme, one tap away when a signal is raised on it."""

    WORDS = ("what", "tensions", "who", "talks", "first", "second", "third")  # the fields that people fill in

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    theme = models.ForeignKey(Theme, models.CASCADE, related_name="scenarios")
    what = models.TextField(_("what may happen"), max_length=500)
    tensions = models.TextField(_("which tensions"), max_length=500, blank=True)
    who = models.TextField(_("who is hit"), max_length=500, blank=True)
    talks = models.TextField(_("who talks to whom"), max_length=500, blank=True)
    first = models.CharField(_("first step"), max_length=200, blank=True)
    second = models.CharField(_("second step"), max_length=200, blank=True)
    third = models.CharField(_("third step"), max_length=200, blank=True)
    made_by = models.ForeignKey(Membership, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    edited_by = models.ForeignKey(Membership, models.SET_NULL, null=True, related_name="+")
    edited_at = models.DateTimeField(auto_now=True)
    # Two people changed it at the same time and both are in it: its page asks everybody to read it once more.
    merged = models.BooleanField(default=False)

    class Meta:
        verbose_name, verbose_name_plural = _("scenario"), _("scenarios")
        ordering = ["made_at"]

    def __str__(self) -> str:
        return f"{self.made_at:%Y-%m-%d}"

    @property
    def steps(self) -> list[str]:
        """The first steps that were filled in, in order."""
        return [step for step in (self.first, self.second, self.third) if step]
