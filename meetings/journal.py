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
    # Date polls.
    "asked_when.datepoll": _("%(who)s asked which evening suits."),
    "said_when.datepoll": _("%(who)s said when they can."),
    "chose_evening.datepoll": _("%(who)s chose the evening that suits best."),
    "stopped_asking.datepoll": _("%(who)s stopped asking which evening suits."),
    "closed_unanswered.datepoll": _("No evening was chosen: the planned one stays."),
    # --- themes, points, scenarios
    "recognised.theme": _("%(who)s recognises what was done with a theme."),
    "reopened.theme": _("%(who)s does not recognise what was done yet: a theme is on the table again."),
    "gave_point.meeting": _("%(who)s gave a point for an evening."),
    "took_point.meeting": _("%(who)s took back a point for an evening."),
    "offered_talent.contribution": _("%(who)s can contribute something to a theme."),
    "took_back_talent.contribution": _("%(who)s took back what they could contribute."),
    "brings.meeting": _("%(who)s told what they bring to an evening, or what they ask."),
    "made_scenario.scenario": _("%(who)s wrote down a what-if."),
    "edited_scenario.scenario": _("%(who)s changed a what-if."),
    # The evening itself.
    "wrote_notes.meeting": _("%(who)s wrote down what an evening talked about."),
    "noted_present.meeting": _("%(who)s noted who was there on an evening."),
    "planned_minutes.meeting": _("%(who)s planned the minutes of an evening."),
    "thanked.meeting": _("%(who)s wrote a thank-you for an evening."),
    "brings_dish.meeting": _("%(who)s said what they bring along to an evening."),
    "invited_guest.guest": _("%(who)s asked a guest for an evening."),
    "revoked_guest.guest": _("%(who)s took back the link of a guest."),
    # --- habits, the tension calendar
    "set_habit.alliance": _("%(who)s changed when you like to eat together."),
    "added.tensiondate": _("%(who)s put a day on the tension calendar."),
    "removed.tensiondate": _("%(who)s took a day off the tension calendar."),
    "hid.tensiondate": _("%(who)s hid a public day of the tension calendar."),
    "showed.tensiondate": _("%(who)s showed a public day of the tension calendar again."),
}
