"""Django's entry for this app."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from alliances.journal import tell

from .journal import SENTENCES


class MeetingsConfig(AppConfig):
    """Meetings."""

    name = "meetings"
    verbose_name = _("meetings")

    def ready(self) -> None:
        """Bring this app's part of the alliance's page, the coordinator's list, the journal, and what replies mean."""
        for module in ("meetings.panels", "meetings.tasks", "meetings.actions.minding"):
            import_module(module)  # registers itself; needs the models, which are there only now
        tell(SENTENCES)
