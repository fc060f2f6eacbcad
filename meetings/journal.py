"""How the verbs of meetings and themes read in the journal: what happened, never the typed words."""

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "planned.meeting": _("%(who)s planned an evening."),
    "edited.meeting": _("%(who)s changed the place or the food of an evening."),
    "moved.meeting": _("%(who)s moved an evening."),
    "cancelled.meeting": _("%(who)s cancelled an evening."),
    "answered.meeting": _("%(who)s said whether they come."),
    "offered_host.meeting": _("%(who)s offered to be the host."),
    "withdrew_host.meeting": _("%(who)s cannot be the host after all."),
    "proposed_theme.theme": _("%(who)s brought in a theme."),
    "put_on_agenda.theme": _("%(who)s put a theme on the agenda."),
    "took_off.theme": _("%(who)s took a theme off the agenda."),
    "discussed.theme": _("%(who)s noted that a theme was discussed."),
    "gave_feedback.theme": _("%(who)s told what was done with a theme."),
    "rested.theme": _("%(who)s let a theme rest."),
}
