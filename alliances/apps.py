"""Django's entry for this app."""

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.utils.translation import gettext_lazy as _

from .actor import follow_sign_in
from .journal import SENTENCES, tell


class AlliancesConfig(AppConfig):
    """People and their bonds."""

    name = "alliances"
    verbose_name = _("Alliances")

    def ready(self) -> None:
        """Who signs in acts as themselves from then on; and how this app's lines of the journal read."""
        user_logged_in.connect(follow_sign_in)
        tell(SENTENCES)
