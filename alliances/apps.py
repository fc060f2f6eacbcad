"""Django's entry for this app."""

from django.apps import AppConfig


class AlliancesConfig(AppConfig):
    """Alliances."""

    name = "alliances"
