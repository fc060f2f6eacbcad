"""What members bring in (inbreng): talents beside problems, and what police and municipality bring and dare to ask."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from alliances.actions import record
from alliances.models import Membership
from alliances.policy import Refused, may_act_in, may_bring, not_ended, require
from meetings.models import Contribution, Meeting, Theme

Kind = Contribution.Kind


@transaction.atomic
def offer_talent(*, theme: Theme, text: str, by: Membership) -> Contribution:
    """What this member can contribute to a theme: what they know, have or can do."""
    require(may_act_in(by, theme.alliance))
    not_ended(theme.alliance)
    made = Contribution.objects.create(alliance=theme.alliance, membership=by, kind=Kind.TALENT, theme=theme, text=text)
    record("offered_talent", alliance_id=theme.alliance_id, by=by, thing=made)
    return made


@transaction.atomic
def take_back(*, contribution: Contribution, by: Membership) -> None:
    """Take back what one offered to a theme oneself."""
    require(may_act_in(by, contribution.alliance) and contribution.membership_id == by.pk)
    require(contribution.kind == Kind.TALENT)
    record("took_back_talent", alliance_id=contribution.alliance_id, by=by, thing=contribution)
    contribution.delete()


@transaction.atomic
def bring(*, meeting: Meeting, brings: str, question: str, then: str, by: Membership) -> None:
    """What a professional brings to an evening, and the one question that they dare to ask the residents with what is
    done with the answer. An empty one is taken back. Raises Refused when the evening is off or over.
    """
    require(may_act_in(by, meeting.alliance) and may_bring(by))
    if meeting.state == Meeting.State.CANCELLED or meeting.ends_at <= timezone.now():
        raise Refused(_("This evening is off or over. Choose another one."))
    if question and not then:
        raise Refused(_("Say what you do with the answer. Otherwise people do not know why you ask."))
    _keep(meeting, by, Kind.BRINGS, brings)
    _keep(meeting, by, Kind.QUESTION, question, then if question else "")
    record("brings", alliance_id=meeting.alliance_id, by=by, thing=meeting)


def _keep(meeting: Meeting, by: Membership, kind: Contribution.Kind, text: str, then: str = "") -> None:
    if text:
        values = {"alliance": meeting.alliance, "text": text, "then": then, "at": timezone.now()}
        Contribution.objects.update_or_create(meeting=meeting, membership=by, kind=kind, defaults=values)
    else:
        Contribution.objects.filter(meeting=meeting, membership=by, kind=kind).delete()
