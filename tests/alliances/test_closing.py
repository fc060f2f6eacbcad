"""A table that stops together: on a last day, with a last dinner when they like."""

from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from alliances.models import Alliance, Proposal
from messaging.models import Message
from tests.acting import as_worker, browser, fresh
from tests.make import make_alliance, members

pytestmark = pytest.mark.django_db
LATER = timezone.localdate() + timedelta(days=40)


@pytest.fixture
def table() -> Alliance:
    return make_alliance(members=4)


def text(response: HttpResponse) -> str:
    return " ".join(response.content.decode().split())


def decide(table: Alliance, **typed: str) -> Any:
    """One proposes on the page, a member with another role agrees there; what the second sees then."""
    police, _municipality, resident, _other = members(table)
    proposed = browser(resident.user).post(reverse("alliances:propose", args=[table.uuid]), typed)
    assert proposed.status_code == 302, proposed.content.decode()
    with as_worker():
        proposal = Proposal.objects.get(alliance=table)
    agree = reverse("alliances:proposal-agree", args=[proposal.uuid])
    return browser(police.user).post(agree, follow=True)


def test_with_a_last_day_there_is_time_for_a_last_dinner(table: Alliance):
    page = text(decide(table, kind="end", until=LATER.isoformat()))
    assert "We stoppen samen op" in page
    assert reverse("meetings:extra", args=[table.uuid]) in page
    assert fresh(table).state == "active"
    with as_worker():
        assert not Message.objects.exists()


def test_without_a_day_it_is_over_at_once_and_everybody_is_thanked(table: Alliance):
    page = text(decide(table, kind="end", until=""))
    assert "We stoppen samen op" not in page
    assert fresh(table).state == "ended"
    with as_worker():
        assert Message.objects.filter(kind="alliance_ended").count() == 4


def test_a_last_day_that_has_passed_is_told_beside_the_field(table: Alliance):
    resident = members(table)[2]
    url = reverse("alliances:propose", args=[table.uuid])
    answer = browser(resident.user).post(url, {"kind": "end", "until": "2020-01-01", "reason": "Het is klaar."})
    assert answer.status_code == 422
    assert "Kies een dag na vandaag." in text(answer)
    assert "Het is klaar." in text(answer)
