"""Who may. The only reader of roles; equal rights for every member, whatever their role (method: nobody chairs)."""

from collections.abc import Collection

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from .models import Alliance, Area, Invitation, Membership, Proposal, Role, StandIn, User


class Refused(Exception):
    """The state does not allow it. Carries the sentence that the user reads."""

    def __init__(self, sentence: object) -> None:
        super().__init__(str(sentence))
        self.sentence = str(sentence)


def require(allowed: bool) -> None:
    """Raise PermissionDenied (403) for a member without the right. Who may not see the thing gets a 404 before this."""
    if not allowed:
        raise PermissionDenied


def not_ended(alliance: Alliance) -> None:
    """Raise Refused when the alliance has ended: what was, stays as it is."""
    if alliance.state == Alliance.State.ENDED:
        raise Refused(_("This alliance has ended."))


def is_member(user: User, alliance: Alliance) -> bool:
    """Whether the person has a seat in the alliance now."""
    return alliance.memberships.of(user).exists()


def coordinates(user: User, alliance: Alliance) -> bool:
    """Whether the person watches over the area of the alliance."""
    return Alliance.objects.coordinated_by(user).filter(pk=alliance.pk).exists()


def may_found(user: User, area: Area) -> bool:
    """Coordinators found alliances in their own areas."""
    return Area.objects.coordinated_by(user).filter(pk=area.pk).exists()


def roles_to_invite(user: User, alliance: Alliance) -> Collection[Role]:
    """For which seats this person may invite: a coordinator the two professionals, any member the residents."""
    roles: list[Role] = []
    if coordinates(user, alliance):
        roles += [Role.POLICE, Role.MUNICIPALITY]
    if is_member(user, alliance):
        roles.append(Role.RESIDENT)
    return roles


def may_invite(user: User, alliance: Alliance, role: str) -> bool:
    """Whether this person may invite somebody for a seat with this role."""
    return role in roles_to_invite(user, alliance)


def may_manage_invitation(user: User, invitation: Invitation) -> bool:
    """Renew, nudge or revoke: who could have sent it, or an administrator."""
    return user.is_staff or may_invite(user, invitation.alliance, invitation.role)


def may_administer(user: User) -> bool:
    """Administrators keep areas, people and texts."""
    return user.is_staff and user.is_active


def may_act_in(member: Membership, alliance: Alliance) -> bool:
    """Whether this seat is one of the alliance's, and taken now. All members have the same rights."""
    return member.alliance_id == alliance.pk and member.left_at is None


def may_second(member: Membership, proposal: Proposal) -> bool:
    """A second member, of another role than the first, and not the person it is about."""
    return (
        may_act_in(member, proposal.alliance)
        and member.pk not in (proposal.proposed_by_id, proposal.about_id)
        and member.role != proposal.proposed_by.role
    )


def may_name_stand_in(member: Membership, alliance: Alliance) -> bool:
    """A professional names a colleague for the own seat: residents cannot be replaced."""
    return may_act_in(member, alliance) and member.role != Role.RESIDENT


def may_bring(member: Membership) -> bool:
    """Police and municipality bring something to a dinner and ask one question; residents need no form for that."""
    return member.role != Role.RESIDENT


def may_agree_to_stand_in(member: Membership, stand_in: StandIn) -> bool:
    """A second member, of another role than the seat that it is for."""
    return may_act_in(member, stand_in.alliance) and member.role != stand_in.role


def may_end_stand_in(member: Membership, stand_in: StandIn) -> bool:
    """Any member; the colleague ends it by the link."""
    return may_act_in(member, stand_in.alliance)
