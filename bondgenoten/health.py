"""`GET /health/`: for monitors and the process manager."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from messaging import watchman


@login_not_required
@never_cache
@require_safe
def health(_request: HttpRequest) -> HttpResponse:
    """200 when a full round of a worker's sweep was completed within the last minute and nothing is overdue, else 503
    with what is wrong.
    """
    try:
        wrong = [finding.says for finding in watchman.look() if not finding.well]
    except DatabaseError:
        wrong = ["the database does not answer"]
    return JsonResponse({"ok": not wrong, "wrong": wrong}, status=503 if wrong else 200)


class HealthFirst:
    """Answers `/health/` before anything else: sessions and transactions need the database that may be gone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.path = reverse("health")

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return health(request) if request.path == self.path else self.get_response(request)
