"""`GET /health/`: for monitors and the process manager."""

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from messaging.models import WorkerSeen

WORKER_SEEN_WITHIN = 60  # seconds


@login_not_required
@never_cache
@require_safe
def health(_request: HttpRequest) -> JsonResponse:
    """200 when the database answers and a worker was seen within the last minute, else 503 with what is wrong."""
    wrong = []
    try:
        if not WorkerSeen.objects.seen_within(WORKER_SEEN_WITHIN).exists():
            wrong.append("no worker was seen within the last minute")
    except DatabaseError:
        wrong.append("the database does not answer")
    return JsonResponse({"ok": not wrong, "wrong": wrong}, status=503 if wrong else 200)
