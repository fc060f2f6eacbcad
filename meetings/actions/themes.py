"""Themes: from the first words to what was done with them."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from alliances.actions import record
from alliances.models import Alliance, Membership
from alliances.policy import Refused, may_act_in, not_ended, require
from meetings.models import Agreement, Discussion, Feedback, Meeting, Theme, ThemeCategory

DONE_WITH = (Theme.State.DISCUSSED, Theme.State.RESTING)  # nobody waits for it


@transaction.atomic
def propose_theme(
    *,
    alliance: Alliance,
    category: ThemeCategory,
    title: str,
    text: str,
    by: Membership,
    meeting: Meeting | None = None,
    on_behalf: bool = False,
    starts_on: date | None = None,
) -> Theme:
    """Any member brings something in, in their own words; onto the agenda of a meeting at once when one is given.

    on_behalf: for somebody who does not sit at the table; nobody asks who. starts_on: the day of what comes, such as a
    shelter; kept for a category that asks for it.
    """
    require(may_act_in(by, alliance))
    not_ended(alliance)
    theme = Theme.objects.create(
        alliance=alliance,
        category=category,
        title=title,
        text=text,
        raised_by=by,
        on_behalf=on_behalf,
        starts_on=starts_on if category.has_date else None,
    )
    record("proposed_theme", alliance_id=alliance.pk, by=by, thing=theme)
    if meeting:
        put_on_agenda(theme=theme, meeting=meeting, by=by)
    return theme


@transaction.atomic
def put_on_agenda(*, theme: Theme, meeting: Meeting, by: Membership) -> None:
    """Talk about it on that evening; a resting or discussed theme wakes up by it. Raises Refused when that is over."""
    require(may_act_in(by, theme.alliance) and meeting.alliance_id == theme.alliance_id)
    if meeting.state == Meeting.State.CANCELLED or meeting.ends_at <= timezone.now():
        raise Refused(_("This evening is off or over. Choose another one."))
    _to(theme, Theme.State.ON_AGENDA, meeting)
    record("put_on_agenda", alliance_id=theme.alliance_id, by=by, thing=theme)


@transaction.atomic
def take_off(*, theme: Theme, by: Membership) -> None:
    """Not on that evening; it is a proposal again."""
    require(may_act_in(by, theme.alliance))
    _must_be(theme, Theme.State.ON_AGENDA, _("This theme is not on an agenda."))
    _to(theme, Theme.State.PROPOSED, None)
    record("took_off", alliance_id=theme.alliance_id, by=by, thing=theme)


@transaction.atomic
def discussed(*, theme: Theme, by: Membership) -> None:
    """The evening talked about it: kept with the theme. Raises Refused before the evening has begun."""
    require(may_act_in(by, theme.alliance))
    _must_be(theme, Theme.State.ON_AGENDA, _("This theme is not on an agenda."))
    if theme.meeting and theme.meeting.starts_at > timezone.now():
        raise Refused(_("That evening is still to come."))
    if theme.meeting:
        Discussion.objects.get_or_create(theme=theme, meeting=theme.meeting)
    _to(theme, Theme.State.DISCUSSED, theme.meeting)
    record("discussed", alliance_id=theme.alliance_id, by=by, thing=theme)


@transaction.atomic
def give_feedback(*, theme: Theme, text: str, by: Membership) -> Feedback:
    """What was done with it: for who raised it, and for all to read."""
    require(may_act_in(by, theme.alliance))
    feedback = Feedback.objects.create(theme=theme, text=text, by=by)
    record("gave_feedback", alliance_id=theme.alliance_id, by=by, thing=theme)
    return feedback


@transaction.atomic
def rest_theme(*, theme: Theme, text: str, by: Membership) -> None:
    """Let it rest, with the sentence that says what was done with it (method, rule 7)."""
    require(may_act_in(by, theme.alliance))
    if theme.state == Theme.State.RESTING:
        raise Refused(_("This theme rests already."))
    Feedback.objects.create(theme=theme, text=text, by=by)
    _to(theme, Theme.State.RESTING, None)
    record("rested", alliance_id=theme.alliance_id, by=by, thing=theme)


@transaction.atomic
def recognise(*, theme: Theme, yes: bool, read: int, by: Membership) -> None:
    """Who raised it says whether they recognise what was done. Yes: it rests, unless it still comes up or somebody
    still does something for it. No: it is on the table again.

    read: how many answers stood on the page that asked. Raises Refused when there is nothing to say yes or no to, and
    when another answer came meanwhile.
    """
    require(may_act_in(by, theme.alliance) and theme.raised_by_id == by.pk)
    waiting = list(Feedback.objects.select_for_update().filter(theme=theme, recognised=None))
    if not waiting:
        raise Refused(_("You have answered already, or nothing was told yet."))
    if len(waiting) != read:
        raise Refused(_("Meanwhile somebody added something. Read it first, and then say whether you recognise it."))
    for feedback in waiting:
        feedback.recognised, feedback.recognised_at = yes, timezone.now()
        feedback.save(update_fields=["recognised", "recognised_at"])
    comes_up = theme.state == Theme.State.ON_AGENDA
    busy = theme.agreements.filter(state=Agreement.State.OPEN).exists()
    if yes and not comes_up and not busy:
        _to(theme, Theme.State.RESTING, None)
    if not yes and not comes_up:
        _to(theme, Theme.State.PROPOSED, None)
    record("recognised" if yes else "reopened", alliance_id=theme.alliance_id, by=by, thing=theme)


def _to(theme: Theme, state: Theme.State, meeting: Meeting | None) -> None:
    if theme.state in DONE_WITH and state not in DONE_WITH:
        theme.waits_since = timezone.now()
    theme.state, theme.meeting = state, meeting
    theme.save(update_fields=["state", "meeting", "waits_since"])


def _must_be(theme: Theme, state: Theme.State, sentence: str) -> None:
    if theme.state != state:
        raise Refused(sentence)
