"""Which database connection a table uses."""

from typing import Any

from django.db.models import Model


class CacheRouter:
    """Django's cache table goes through a connection of its own, so that a rate limit never waits for a request."""

    app = "django_cache"

    def db_for_read(self, model: type[Model], **hints: Any) -> str | None:
        return "cache" if model._meta.app_label == self.app else None

    db_for_write = db_for_read

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool | None:
        return False if db == "cache" else None
