"""What views of an alliance share: whose page it is, and how a refusal is told."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render

from alliances.models import Coordination, Membership
from alliances.policy import Refused
from alliances.querysets import MembershipQuerySet


def member_or_404(request: HttpRequest, uuid: UUID) -> Membership:
    """The reader's seat in the alliance with this uuid, with alliance and area loaded. 404 when they have none.

    Sets `request.member`, so that the header shows this table.
    """
    member = seats_of(request).filter(alliance__uuid=uuid).first()
    if member is None:
        raise Http404
    return seat_reader(request, member)


def seats_of(request: HttpRequest) -> MembershipQuerySet:
    """The reader's seats, with what every page's header needs: no query more than this one."""
    coordinates = Coordination.objects.filter(user=OuterRef("user"))
    seats = Membership.objects.of(request.user).select_related("alliance__area", "user")
    return seats.annotate(coordinates=Exists(coordinates))


def seat_reader(request: HttpRequest, member: Membership) -> Membership:
    """Tell the rest of the page at which table the reader sits."""
    request.member = member  # type: ignore[attr-defined]  # read by alliances.context
    return member


def posted(request: HttpRequest) -> QueryDict | None:
    """What was typed, when something was sent: an empty form sent is not the same as a form looked at."""
    return request.POST if request.method == "POST" else None


def show_form(
    request: HttpRequest, template: str, context: dict[str, Any], form: forms.BaseForm, refused: Refused | None = None
) -> HttpResponse:
    """The page with the form: 422 when what was typed is not right yet, or when the state refused it."""
    if refused:
        form.add_error(None, refused.sentence)
    return render(request, template, {**context, "form": form}, status=422 if form.errors else 200)


def told(request: HttpRequest, refused: Refused, to: str, *args: object) -> HttpResponseRedirect:
    """Go back to a page and say there why it did not happen."""
    messages.error(request, refused.sentence)
    return redirect(to, *args)
