"""The app."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MessagingConfig(AppConfig):
    """The lowest floor: how people are reached."""

    name = "messaging"
    verbose_name = _("Messages")

    def ready(self) -> None:
        """Have the workers' clocks read what comes in."""
        import_module("messaging.tasks")  # registers itself; needs the models, which are there only now
