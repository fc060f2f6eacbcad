"""Our table: the alliance's own page, home, welcome, and what happened."""

from collections import Counter
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from alliances.journal import sentence
from alliances.models import (
    Alliance,
    Coordination,
    HouseRules,
    Invitation,
    JournalEntry,
    Membership,
    Proposal,
    Role,
    StandIn,
)
from alliances.models.alliance import SEATS
from alliances.panels import panels
from alliances.unreached import unreached
from messaging.channels import providers
from messaging.models import Channel

from .shared import member_or_404, seat_reader, seats_of

LINES = 50  # of the journal on one page


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """To one's own table; a list for who has several, the area for a coordinator without one, the admin for staff."""
    seats = list(seats_of(request))
    if len(seats) == 1:
        return redirect("alliances:alliance", seats[0].alliance.uuid)
    if seats:
        return render(request, "alliances/tables.html", {"seats": seats})
    if Coordination.objects.filter(user=request.user.pk).exists():
        return redirect("alliances:coordination")
    if request.user.is_authenticated and request.user.is_staff:
        return redirect("admin:index")
    stands_in = StandIn.objects.ready().filter(user=request.user.pk).first()
    return render(request, "alliances/tables.html", {"seats": [], "stands_in": stands_in})


@require_safe
def alliance(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The table with who sits where, and what the other apps lay on it."""
    running = Proposal.objects.running().filter(alliance=OuterRef("alliance"))
    newest = HouseRules.objects.order_by("-version").values("pk")[:1]
    named = StandIn.objects.current().filter(alliance=OuterRef("alliance"), agreed_at__isnull=True)
    seats = seats_of(request).annotate(
        asked=Exists(running),
        newest_rules=Subquery(newest),
        agree_asked=Exists(named.exclude(role=OuterRef("role"))),
        stops_on=Subquery(Proposal.objects.ending().filter(alliance=OuterRef("alliance")).values("until")[:1]),
    )
    member = seats.filter(alliance__uuid=uuid).first()
    if member is None:
        raise Http404
    seat_reader(request, member)
    now = timezone.now()
    seated = list(member.alliance.memberships.active().select_related("user"))
    invited = list(member.alliance.invitations.usable(now))
    context: dict[str, Any] = {
        **around_the_table(member, seated, invited),
        "alliance": member.alliance,
        "forming": member.alliance.state == Alliance.State.FORMING,
        "asked": vars(member)["asked"],
        "agree_asked": vars(member)["agree_asked"],
        "stops_on": vars(member)["stops_on"] if member.alliance.state != Alliance.State.ENDED else None,
        "new_rules": vars(member)["newest_rules"] != member.house_rules_id,
        "panels": panels(request, member),
        "unreached": unreached(member, seated) if member.alliance.works else None,
        "missing": who_is_missing(seated, invited, member) if member.alliance.state == Alliance.State.FORMING else [],
    }
    return render(request, "alliances/alliance.html", context)


def around_the_table(member: Membership | None, seated: list[Membership], invited: list[Invitation]) -> dict[str, Any]:
    """What the drawing of the table needs: ten seats in order of joining, the counts, and the same in a sentence."""
    seats: list[dict[str, Any]] = [
        {
            "state": "taken",
            "role": one.role,
            "initials": one.user.initials if one.user else "",
            "me": member is not None and one.pk == member.pk,
        }
        for one in seated
    ]
    seats += [{"state": "invited", "role": one.role} for one in invited][: SEATS - len(seats)]
    free = SEATS - len(seats)
    seats += [{"state": "free"}] * free
    roles = Counter(one.role for one in seated)
    return {
        "seats": seats,
        "seated": seated,
        "invited": invited,
        "free": free,
        "legend": [
            (role, Role(role).label, roles[role], words(role, roles[role])) for role in Role.values if roles[role]
        ],
        "table_label": table_sentence(roles, len(invited), free),
    }


def words(role: str, n: int) -> str:
    """How many of a role, such as 8 residents."""
    if role == Role.RESIDENT:
        return ngettext("%(n)s resident", "%(n)s residents", n) % {"n": n}
    return f"{n} {Role(role).label}"


def table_sentence(roles: Counter[str], invited: int, free: int) -> str:
    """The drawing in words."""
    taken = ", ".join(words(role, roles[role]) for role in Role.values if roles[role]) or _("nobody")
    return _("Table with ten seats. Taken: %(taken)s. Invited: %(invited)s. Free: %(free)s.") % {
        "taken": taken,
        "invited": invited,
        "free": free,
    }


def who_is_missing(
    seated: list[Membership], invited: list[Invitation], member: Membership | None
) -> list[dict[str, Any]]:
    """The four who are needed to begin: there, asked, or still open."""
    lines = []
    residents = 0
    for role in (Role.POLICE, Role.MUNICIPALITY, Role.RESIDENT, Role.RESIDENT):
        place = residents if role == Role.RESIDENT else 0
        here = [one for one in seated if one.role == role][place:]
        asked = [one for one in invited if one.role == role][max(0, place - sum(one.role == role for one in seated)) :]
        residents += role == Role.RESIDENT
        days = (asked[0].expires_at - timezone.now()).days if asked else 0
        lines.append(
            {
                "name": _("Resident %(n)s") % {"n": residents}
                if role == Role.RESIDENT
                else str(role.label).capitalize(),
                "state": "done" if here else "waiting" if asked else "open",
                "me": bool(here and member and here[0].pk == member.pk),
                "days": days,
            }
        )
    return lines


@require_safe
def welcome(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The number to keep, and the word once more."""
    member = member_or_404(request, uuid)
    seated = list(member.alliance.memberships.active().select_related("user"))
    context = {
        **around_the_table(member, seated, []),
        "panels": panels(request, member),
        "push": bool(providers(Channel.PUSH)),
    }
    return render(request, "join/in.html", context)


@login_not_required
@require_safe
def card(request: HttpRequest) -> HttpResponse:
    """The number as a contact for one's phone, under a name that tells nothing."""
    return HttpResponse(
        render(request, "join/card.vcf").content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"),
        content_type="text/vcard; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="tafel.vcf"'},
    )


@require_safe
def journal(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What happened, newest first: names are looked up now, so who asked to be forgotten is."""
    member = member_or_404(request, uuid)
    entries = JournalEntry.objects.filter(alliance=member.alliance)
    page = Paginator(entries, LINES).get_page(request.GET.get("page"))
    names = {one.uuid: one.name for one in member.alliance.memberships.select_related("user")}
    lines = [{"at": entry.at, "sentence": _line(entry, names)} for entry in page]
    return render(request, "alliances/journal.html", {"page": page, "lines": lines, "alliance": member.alliance})


def _line(entry: JournalEntry, names: dict[UUID, str]) -> str:
    someone = {
        JournalEntry.Actor.MEMBER: _("A former member"),
        JournalEntry.Actor.COORDINATOR: _("The coordinator"),
        JournalEntry.Actor.STAFF: _("The administrator"),
        JournalEntry.Actor.INVITED: _("Who was invited"),
        JournalEntry.Actor.SYSTEM: _("The application"),
    }
    who = names.get(entry.actor) if entry.actor else None
    whom = names.get(entry.object) if entry.object else None
    words_for = {"who": who or someone[JournalEntry.Actor(entry.actor_kind)], "whom": whom or _("a former member")}
    line = sentence(entry.verb, entry.object_type, words_for)
    return line[:1].upper() + line[1:]
