"""The admin keeps the categories and sees when meetings are. What alliances type stays theirs (method, rule 10)."""

from django.contrib import admin
from django.http import HttpRequest

from .models import ThemeCategory


@admin.register(ThemeCategory)
class ThemeCategoryAdmin(admin.ModelAdmin[ThemeCategory]):
    """The kinds of themes; one in use is switched off, not deleted."""

    list_display = ("name_nl", "name_en", "order", "active", "has_date")
    list_editable = ("order", "active", "has_date")
    list_filter = ("active",)
    search_fields = ("name_nl", "name_en")

    def has_delete_permission(self, request: HttpRequest, obj: ThemeCategory | None = None) -> bool:
        """Themes keep their category."""
        return False
