"""What administrators see of calls: that they are there, and how they went, in numbers. No content, no people."""

from django.contrib import admin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from alliances.admin import ReadOnly
from signals.models import Call


@admin.register(Call)
class CallAdmin(ReadOnly, admin.ModelAdmin[Call]):
    """Every call: its state and its counts."""

    list_display = ["started_at", "alliance", "level", "moment", "practice", "state", "asked", "answered", "coming"]
    list_filter = ["state", "level", "practice"]
    list_select_related = ["alliance"]
    date_hierarchy = "started_at"
    fields = [
        "uuid", "alliance", "level", "moment", "practice", "state", "started_at", "begins_at", "call_list_at",
        "enough_at", "ended_at", "asked", "answered", "coming", "unreached",
    ]  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Call]:
        tally = models.Func("pk", function="signals_tally", output_field=ArrayField(models.IntegerField()))
        return super().get_queryset(request).annotate(tally=tally)

    @admin.display(description=_("asked"))
    def asked(self, call: Call) -> int:
        return _tally(call)[0]

    @admin.display(description=_("answered"))
    def answered(self, call: Call) -> int:
        return _tally(call)[1]

    @admin.display(description=_("coming"))
    def coming(self, call: Call) -> int:
        return _tally(call)[2]

    @admin.display(description=_("not reached"))
    def unreached(self, call: Call) -> int:
        return _tally(call)[3]


def _tally(call: Call) -> list[int]:
    counts: list[int] = call.tally  # type: ignore[attr-defined]  # annotated by get_queryset
    return counts
