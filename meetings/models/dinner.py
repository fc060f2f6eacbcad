"""The evening itself: who brings what, who eats what, guests, and what is written down while it goes on."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from alliances import tokens
from alliances.models import Membership

from .planning import Meeting


class FoodWish(models.Model):
    """What somebody cannot or does not eat. The host sees counts; the row goes the day after (method, rule 15)."""

    class Wish(models.TextChoices):
        VEGETARIAN = "vegetarian", _("vegetarian")
        VEGAN = "vegan", _("vegan")
        HALAL = "halal", _("halal")
        KOSHER = "kosher", _("kosher")
        NO_PORK = "no_pork", _("no pork")
        NO_BEEF = "no_beef", _("no beef")
        NO_FISH = "no_fish", _("no fish or shellfish")
        NO_GLUTEN = "no_gluten", _("no gluten")
        NO_LACTOSE = "no_lactose", _("no milk")
        NO_NUTS = "no_nuts", _("no nuts")
        NO_ALCOHOL = "no_alcohol", _("no alcohol in the food")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="food_wishes")
    membership = models.ForeignKey(Membership, models.CASCADE, related_name="food_wishes")
    wishes = ArrayField(models.CharField(max_length=12, choices=Wish), default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["meeting", "membership"], name="one_list_of_wishes")]

    def __str__(self) -> str:
        return f"{len(self.wishes)}"


class Dish(models.Model):
    """What somebody brings along to a dinner."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="dishes")
    membership = models.ForeignKey(Membership, models.CASCADE, related_name="dishes")
    what = models.CharField(_("what I bring along"), max_length=80)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["meeting", "membership"], name="one_dish_each")]

    def __str__(self) -> str:
        return self.what


class Guest(models.Model):
    """An expert for one evening: a link to its practical page, which dies the day after."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="guests")
    name = models.CharField(_("name"), max_length=60)
    about = models.CharField(_("what they know about"), max_length=120, blank=True)
    invited_by = models.ForeignKey(Membership, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)

    class Meta:
        verbose_name, verbose_name_plural = _("guest"), _("guests")
        ordering = ["made_at"]

    def __str__(self) -> str:
        return self.name

    @property
    def token(self) -> str:
        """The secret part of the link."""
        return tokens.derive("guest", self.uuid)


class AgendaPoint(models.Model):
    """One item of an evening's agenda: minutes planned and notes made. `key` names it: a fixed item, or a theme."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="agenda_points")
    key = models.CharField(max_length=60)
    minutes = models.PositiveSmallIntegerField(_("minutes"), null=True)
    notes = models.TextField(_("notes"), max_length=4000, blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)
    edited_by = models.ForeignKey(Membership, models.SET_NULL, null=True, related_name="+")
    edited_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "key"], name="each_agenda_point_once"),
            models.CheckConstraint(
                condition=models.Q(minutes__isnull=True) | models.Q(minutes__range=(1, 240)),
                name="agenda_minutes",
            ),
        ]

    def __str__(self) -> str:
        return self.key
