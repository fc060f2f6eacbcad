"""Areas: street, neighbourhood, district, city. They nest."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from alliances.querysets import AreaQuerySet


class Level(models.TextChoices):
    """How large an area is."""

    STREET = "street", _("street")
    NEIGHBOURHOOD = "neighbourhood", _("neighbourhood")
    DISTRICT = "district", _("district")
    CITY = "city", _("city")


class Area(models.Model):
    """A place that an alliance can be for, with the code of Statistics Netherlands (CBS) where it has one."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=120)
    level = models.CharField(_("level"), max_length=16, choices=Level)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("lies in")
    )
    cbs_code = models.CharField(_("CBS code"), max_length=10, unique=True, null=True, blank=True)

    objects = AreaQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("area"), _("areas")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(parent=models.F("id")), name="area_not_inside_itself"),
            models.CheckConstraint(
                condition=models.Q(cbs_code__isnull=True) | models.Q(cbs_code__regex=r"^(GM\d{4}|WK\d{6}|BU\d{8})$"),
                name="area_cbs_code",
                violation_error_message=_("A CBS code looks like GM0344, WK034403 or BU03440321."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
