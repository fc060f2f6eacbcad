"""The legal states of a delivery and of a contact point, attacked past the code: the database refuses the rest."""

import itertools
import uuid
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from messaging.actions import post
from messaging.models import ContactPoint, Delivery, WorkerSeen
from tests.acting import as_worker
from tests.make import make_user

MOMENTS = ("claim", "lease_until", "sent_at", "delivered_at", "failed_at")
LEGAL: dict[str, list[set[str]]] = {
    "due": [set()],
    "claimed": [{"claim", "lease_until"}],
    "sent": [{"sent_at"}],
    "delivered": [{"sent_at", "delivered_at"}],
    "failed": [{"failed_at"}, {"failed_at", "sent_at"}],
    "expired": [set()],
    "cancelled": [set()],
}
SETS = [set(chosen) for size in range(6) for chosen in itertools.combinations(MOMENTS, size)]


@pytest.fixture
def delivery(db: None) -> Delivery:
    user = make_user(by=["mail"])
    post(kind="call_enough", user=user, context={})
    with as_worker():
        return Delivery.objects.get()


def accepted(row: Delivery, **values: Any) -> bool:
    """Whether the database takes these values; afterwards everything is as before."""
    try:
        with as_worker(), transaction.atomic():
            Delivery.objects.filter(pk=row.pk).update(**values)
            transaction.set_rollback(True)
    except IntegrityError:
        return False
    return True


@pytest.mark.parametrize("state", Delivery.State.values)
def test_each_state_has_its_own_moments(state: str, delivery: Delivery) -> None:
    for chosen in SETS:
        values: dict[str, Any] = {name: timezone.now() for name in chosen}
        if "claim" in chosen:
            values["claim"] = uuid.uuid4()
        if state == "failed":
            values["error"] = "550 no"
        assert accepted(delivery, state=state, **values) == (chosen in LEGAL[state]), (state, chosen)


def test_only_a_failure_has_an_error_and_it_must(delivery: Delivery) -> None:
    now = timezone.now()
    assert not accepted(delivery, state="failed", failed_at=now)
    assert accepted(delivery, state="failed", failed_at=now, error="x", permanent=True)
    assert not accepted(delivery, state="sent", sent_at=now, error="x")
    assert not accepted(delivery, state="due", permanent=True)
    assert not accepted(delivery, attempt=0)


def test_an_attempt_is_made_once(delivery: Delivery) -> None:
    twin = Delivery(
        message_id=delivery.message_id, payload_id=delivery.payload_id, channel="mail", due_at=timezone.now()
    )
    with pytest.raises(IntegrityError, match="one_delivery_an_attempt"), transaction.atomic():
        Delivery.objects.bulk_create([twin])


@pytest.mark.parametrize(
    ("fields", "refused_by"),
    [
        ({"kind": "email", "address": "Hoofd@letter.example"}, "contact_point_address"),
        ({"kind": "email", "address": "+31612345678"}, "contact_point_address"),
        ({"kind": "mobile", "address": "0612345678"}, "contact_point_address"),
        ({"kind": "mobile", "address": "iemand@voorbeeld.example"}, "contact_point_address"),
        ({"kind": "mobile", "address": "+31612345678", "may_message": True}, "messages_only_to_verified"),
        (
            {"kind": "landline", "address": "+31301234567", "may_message": True, "verified_at": timezone.now()},
            "messages_only_to_verified",
        ),
        ({"kind": "email", "address": "iemand@voorbeeld.example", "on_call_list": True}, "only_numbers_are_phoned"),
    ],
)
def test_contact_points_that_cannot_be(fields: dict[str, Any], refused_by: str, db: None) -> None:
    user = make_user()
    with as_worker(), pytest.raises(IntegrityError, match=refused_by), transaction.atomic():
        ContactPoint.objects.create(user=user, **fields)


def test_a_verified_address_belongs_to_one_person(db: None) -> None:
    user, other = make_user(by=["mail"]), make_user(by=["sms"])
    with as_worker():
        ContactPoint.objects.create(user=other, kind="email", address=str(user.email))  # said, not proved
        with pytest.raises(IntegrityError, match="verified_address_of_one_person"), transaction.atomic():
            ContactPoint.objects.filter(user=other, kind="email").update(verified_at=timezone.now())


def test_overdue_and_seen_by_the_databases_clock(delivery: Delivery) -> None:
    with as_worker(), connection.cursor() as cursor:
        assert not Delivery.objects.overdue(seconds=60).exists()
        cursor.execute("update messaging_delivery set due_at = now() - interval '61 seconds'")
        assert Delivery.objects.overdue(seconds=60).exists()
        cursor.execute(
            "insert into messaging_workerseen (name, seen_at, swept_at)"
            " values ('a', now(), null), ('b', now() - interval '2 minutes', now())"
        )
    assert [w.name for w in WorkerSeen.objects.seen_within(60)] == ["a"]  # also as a request that acts for nobody
    assert [w.name for w in WorkerSeen.objects.swept_within(60)] == ["b"]
    with connection.cursor() as cursor:
        cursor.execute("select messaging_overdue(60)")
        assert cursor.fetchone() == (1,)
