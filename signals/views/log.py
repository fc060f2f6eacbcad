"""The full log of a call: a page, and the same as a file without names."""

import csv
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from signals.log import LogLine, log
from signals.rows import read, receipts

from .calls import call_or_404


@never_cache
@require_safe
def page(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Every attempt, to the second."""
    call, _member = call_or_404(request, uuid)
    return render(request, "signals/log.html", {"call": call, "lines": log(read(call), receipts(call))})


@never_cache
@require_safe
def download(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The same as comma-separated values. Its name and its lines tell nobody who sits at this table."""
    call, _member = call_or_404(request, uuid)
    response = HttpResponse(
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="logboek-{call.uuid.hex[:8]}.csv"'},
    )
    table = csv.writer(response)
    table.writerow([
        _("time"), _("seconds"), _("who"), _("what"), _("channel"), _("provider"), _("attempt"), _("state"),
        _("sent after"), _("arrived after"), _("failed after"), _("receipts"),
    ])  # fmt: skip
    table.writerows(_row(line) for line in log(read(call), receipts(call)))
    return response


def _row(line: LogLine) -> list[object]:
    return [
        timezone.localtime(line.at).isoformat(timespec="milliseconds"), line.second, line.seat, line.what, line.channel,
        line.provider, line.attempt, line.state, line.sent, line.arrived, line.failed, line.receipts,
    ]  # fmt: skip
