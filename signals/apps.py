"""Django's entry for this app."""

from django.apps import AppConfig


class SignalsConfig(AppConfig):
    """Signals."""

    name = "signals"
