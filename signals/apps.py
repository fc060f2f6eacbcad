"""Django's entry for this app."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from alliances.journal import tell

SENTENCES = {
    "raised.tensionsignal": _("%(who)s reported something."),
    "called.call": _("%(who)s made a call."),
    "answered.callrecipient": _("%(who)s answered a call."),
    "stand_in_answered.callrecipient": _("A stand-in answered a call."),
    "looked_back.call": _("%(who)s looked back on a call."),
    "practised.tensionsignal": _("%(who)s began a practice."),
    "changed_ladder.alliance": _("%(who)s changed how this table is called."),
    "reset_ladder.alliance": _("%(who)s went back to the usual way of calling."),
    "answered_for.callrecipient": _("%(who)s wrote down somebody's answer."),
    "stopped.call": _("%(who)s stopped a call."),
    "took_back.call": _("%(who)s took a call back: it was a mistake."),
    "closed.tensionsignal": _("%(who)s wrote what was done with a signal."),
    "step_ladder.call": _("A call took its next step."),
    "step_seen_again.call": _("Who had seen a call was asked once more."),
    "step_stand_in.call": _("A stand-in was called."),
}


class SignalsConfig(AppConfig):
    """Signals and calls."""

    name = "signals"
    verbose_name = _("Signals")

    def ready(self) -> None:
        """Bring our part of the pages and of the clock below, which know nothing of us."""
        for module in ("signals.agenda", "signals.panels", "signals.tasks"):
            import_module(module)  # registers itself; needs the models, which are there only now
        tell(SENTENCES)
