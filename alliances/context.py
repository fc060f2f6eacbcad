"""What every page knows: whom to phone and at which table the reader sits. How it looks, `{% house %}` says."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from .models import Coordination, Membership


def member_of(request: HttpRequest) -> Membership | None:
    """The reader's only or first seat, for pages that are about no table."""
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return None
    seats = Membership.objects.of(request.user).select_related("alliance", "alliance__area")
    return seats.first()


def coordinates(request: HttpRequest, member: Membership | None) -> bool:
    """Whether the reader watches over an area; known already when their seat was fetched by `views.shared`."""
    known = getattr(member, "coordinates", None)
    if known is not None:
        return bool(known)
    user = getattr(request, "user", None)
    return bool(user and user.is_authenticated and Coordination.objects.filter(user=user.pk).exists())


def looks(request: HttpRequest) -> dict[str, Any]:
    """For the templates. Lazy: an error page that asks nothing costs no query."""
    member = getattr(request, "member", None) or SimpleLazyObject(lambda: member_of(request))
    return {
        "contact_number": settings.CONTACT_NUMBER,
        "member": member,
        "table": SimpleLazyObject(lambda: member.alliance if member else None),
        "coordinates": SimpleLazyObject(lambda: coordinates(request, getattr(request, "member", None))),
    }
