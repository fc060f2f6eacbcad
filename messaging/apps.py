"""The app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MessagingConfig(AppConfig):
    """The lowest floor: how people are reached."""

    name = "messaging"
    verbose_name = _("Messages")
