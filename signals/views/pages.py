"""The signals of a table, one signal, closing it, and where to report what."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from alliances.models import Membership
from alliances.policy import Refused
from alliances.views.shared import member_or_404, seat_reader, show_form
from signals import actions
from signals.forms import CloseForm
from signals.models import Call, TensionSignal

ON_A_PAGE = 20
OPEN_SHOWN = 50


@require_safe
def signals(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What waits, and what was done with the others."""
    member = member_or_404(request, uuid)
    known = TensionSignal.objects.visible_to(request.user).filter(alliance=member.alliance)
    around = known.select_related("raised_by__user", "meeting").prefetch_related("calls")
    closed = Paginator(around.exclude(pk__in=known.open()), ON_A_PAGE).get_page(request.GET.get("bladzijde"))
    context = {"waiting": list(around.open()[:OPEN_SHOWN]), "closed": closed}
    return render(request, "signals/list.html", context)


@require_safe
def signal(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What was noticed, by whom, and what was done with it."""
    found, _member = _mine(request, uuid)
    calls = list(Call.objects.filter(signal=found))
    scenarios = list(found.theme.scenarios.all()) if found.theme else []
    return render(request, "signals/signal.html", {"signal": found, "calls": calls, "scenarios": scenarios})


@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One question: what was done with it?"""
    found, member = _mine(request, uuid)
    form = CloseForm(request.POST if request.method == "POST" else None)
    back = found.calls.first()
    asked = form.is_bound and not form.is_valid() and hasattr(form.fields["outcome"], "guard_kind")
    context = {"signal": found, "back": back, "guard_asks": asked}
    if request.method == "POST" and form.is_valid():
        try:
            actions.close(signal=found, by=member, outcome=form.cleaned_data["outcome"])
        except Refused as refused:
            return show_form(request, "signals/close.html", context, form, refused)
        messages.success(request, _("Closed. Everybody at the table can read what was done."))
        return redirect("signals:signal", uuid)
    return show_form(request, "signals/close.html", context, form)


@login_not_required
@require_safe
def where_to_report(request: HttpRequest) -> HttpResponse:
    """What belongs here, and what belongs with 112, the police or the municipality."""
    shell = "base.html" if request.user.is_authenticated else "neutral.html"
    return render(request, "signals/help.html", {"shell": shell})


def _mine(request: HttpRequest, uuid: UUID) -> tuple[TensionSignal, Membership]:
    around = TensionSignal.objects.select_related("raised_by__user", "closed_by__user", "meeting", "theme")
    found = get_object_or_404(around.visible_to(request.user), uuid=uuid)
    seats = Membership.objects.of(request.user).select_related("alliance__area", "user")
    member = get_object_or_404(seats, alliance=found.alliance_id)
    found.alliance = member.alliance
    return found, seat_reader(request, member)
