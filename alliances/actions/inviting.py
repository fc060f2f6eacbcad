"""Inviting somebody to a seat, and what becomes of the link."""

from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from alliances import timing, tokens
from alliances.models import Alliance, Invitation, Membership, User
from alliances.policy import Refused, may_invite, may_manage_invitation, require
from messaging.actions import cancel, post

from .journal import record


class SeatTaken(Refused):
    """The table is full, or the one seat for this role is taken."""


def seat_sentence(error: IntegrityError) -> str | None:
    """The sentence for a seat that the database refused, or None when the error is about something else."""
    diag = getattr(error.__cause__, "diag", None)
    return _seat_taken().get(diag.constraint_name) if diag else None


def _seat_taken() -> dict[str, str]:
    return {
        "eight_residents": _(
            "All eight seats for residents are taken or asked for. Wait until somebody leaves, or revoke an invitation."
        ),
        "one_police_seat": _("The seat of the police is taken or asked for already."),
        "one_municipal_seat": _("The seat of the municipality is taken or asked for already."),
        "one_police_member": _("The seat of the police is taken or asked for already."),
        "one_municipal_member": _("The seat of the municipality is taken or asked for already."),
    }


def _take_seat(invitation: Invitation, fields: list[str] | None = None) -> None:
    """Save an open invitation. The database decides on the seat; its refusal becomes a sentence."""
    try:
        with transaction.atomic():
            invitation.save(update_fields=fields)
    except IntegrityError as error:
        if sentence := seat_sentence(error):
            raise SeatTaken(sentence) from error
        raise


@transaction.atomic
def invite(*, alliance: Alliance, role: str, name: str, way: str, address: str = "", by: User) -> Invitation:
    """Ask one person for one seat; send the link when `way` is mail or SMS (to `address`: a mail address or E.164).

    Raises Refused when the seat is taken or asked for, or the alliance has ended.
    """
    require(may_invite(by, alliance, role))
    if not alliance.works:
        raise Refused(_("This alliance does not invite people now."))
    now = timezone.now()
    invitation = Invitation(
        alliance=alliance, role=role, name=name.strip(), way=way, address=address, invited_by=by,
        sent_at=now, expires_at=timing.expires(now),
    )  # fmt: skip
    invitation.token_hash = tokens.fingerprint(invitation.token)
    _take_seat(invitation)
    member = alliance.memberships.of(by).first()
    record("invited", alliance_id=alliance.pk, by=member or by, thing=invitation)
    _send_link(invitation)
    _tell_the_others(invitation)
    return invitation


@transaction.atomic
def renew(*, invitation: Invitation, by: User) -> Invitation:
    """A new link, for another fourteen days.

    The old one stops working at once. Also for one that expired or was revoked.
    """
    require(may_manage_invitation(by, invitation))
    if invitation.state in (Invitation.State.JOINED, Invitation.State.DECLINED):
        raise Refused(_("This person has answered already."))
    cancel(about=invitation.uuid)
    now = timezone.now()
    invitation.serial += 1
    invitation.token_hash = tokens.fingerprint(invitation.token)
    invitation.state, invitation.ended_at, invitation.opened_at = Invitation.State.SENT, None, None
    invitation.sent_at, invitation.expires_at = now, timing.expires(now)
    _take_seat(invitation, ["serial", "token_hash", "state", "ended_at", "opened_at", "sent_at", "expires_at"])
    record("renewed", alliance_id=invitation.alliance_id, by=_actor(invitation, by), thing=invitation)
    _send_link(invitation)
    return invitation


@transaction.atomic
def revoke(*, invitation: Invitation, by: User) -> None:
    """The link stops working; the seat is free again."""
    require(may_manage_invitation(by, invitation))
    if not invitation.is_open:
        raise Refused(_("This invitation is over already."))
    cancel(about=invitation.uuid)
    _end(invitation, Invitation.State.REVOKED)
    record("revoked", alliance_id=invitation.alliance_id, by=_actor(invitation, by), thing=invitation)


@transaction.atomic
def nudge(*, invitation: Invitation, by: User) -> None:
    """Send the same link again, once a week at most."""
    require(may_manage_invitation(by, invitation))
    now = timezone.now()
    if not invitation.is_open or invitation.expires_at <= now:
        raise Refused(_("This link does not work any more. Make a new one."))
    week = int((now - invitation.sent_at) / timing.NUDGE_EVERY)
    if week < 1 or not _send_link(invitation, dedupe_key=f"nudge:{invitation.uuid}:{invitation.serial}:{week}"):
        raise Refused(_("One nudge a week is enough."))
    record("nudged", alliance_id=invitation.alliance_id, by=_actor(invitation, by), thing=invitation)


def open_invitation(*, invitation: Invitation) -> None:
    """Note that the link was opened, by a person or by a mail scanner. Changes nothing else."""
    Invitation.objects.filter(pk=invitation.pk, state=Invitation.State.SENT).update(
        state=Invitation.State.OPENED, opened_at=timezone.now()
    )


@transaction.atomic
def decline(*, invitation: Invitation) -> None:
    """The person rather not: the seat is free, what was typed about them goes, and nobody asks again."""
    if not invitation.is_open:
        raise Refused(_("This link does not work any more."))
    invitation.address = ""
    invitation.save(update_fields=["address"])
    _end(invitation, Invitation.State.DECLINED)
    record("declined", alliance_id=invitation.alliance_id, by=None, thing=invitation)


@transaction.atomic
def ask_again(*, invitation: Invitation) -> None:
    """Who was invited asks for a new link, once a link: the inviter hears it. Nothing happens for one that was revoked.

    Runs for somebody who is not signed in and holds the old link.
    """
    over = invitation.state == Invitation.State.EXPIRED or (
        invitation.is_open and invitation.expires_at <= timezone.now()
    )
    inviter = User.objects.filter(pk=invitation.invited_by_id or 0, is_active=True).first() if over else None
    if inviter is None:
        return
    said = post(
        kind="link_wanted", user=inviter, about=invitation.uuid, context={"link": f"{settings.SITE_URL}/"},
        dedupe_key=f"wanted:{invitation.uuid}:{invitation.serial}",
    )  # fmt: skip
    if said:
        record("wanted_link", alliance_id=invitation.alliance_id, by=None, thing=invitation)


def expire_overdue() -> int:
    """Mark the links whose fourteen days are over; returns how many. Their seats were free from that moment on."""
    now = timezone.now()
    return Invitation.objects.overdue(now).update(state=Invitation.State.EXPIRED, ended_at=now)


def _end(invitation: Invitation, state: Invitation.State) -> None:
    invitation.state, invitation.ended_at = state, timezone.now()
    invitation.save(update_fields=["state", "ended_at"])


def _actor(invitation: Invitation, by: User) -> Membership | User:
    return invitation.alliance.memberships.of(by).first() or by


def _send_link(invitation: Invitation, dedupe_key: str | None = None) -> bool:
    """Post the link when it goes by mail or SMS; False when `dedupe_key` says that this was done before."""
    if invitation.way not in (Invitation.Way.MAIL, Invitation.Way.SMS) or not invitation.address:
        return True
    context: dict[str, Any] = {
        "name": invitation.name,
        "inviter": invitation.invited_by.name if invitation.invited_by else "",
        "link": f"{settings.SITE_URL}{invitation.path}",
        "until": invitation.expires_at,
    }
    message = post(
        kind="invitation", address=invitation.address, context=context, about=invitation.uuid,
        dedupe_key=dedupe_key, expires_at=invitation.expires_at,
    )  # fmt: skip
    return message is not None


def _tell_the_others(invitation: Invitation) -> None:
    """Nothing waits for approval, and nothing happens behind anybody's back: the other members are told.

    Through a function of the database, because a coordinator may write to the members and not see who they are.
    """
    columns = "select id, uuid, name, language, recognition_word from app_recipients(%s)"
    for person in User.objects.raw(columns, [invitation.alliance_id]):
        if person.pk != invitation.invited_by_id:
            post(
                kind="invitation_told", user=person, about=invitation.uuid,
                context={"link": f"{settings.SITE_URL}/"}, dedupe_key=f"told:{invitation.uuid}:{person.uuid}",
            )  # fmt: skip
