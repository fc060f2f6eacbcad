"""`/health/` says what is wrong, also when the database is gone."""

import pytest
from django.db import OperationalError, connection
from django.test import Client

from messaging.models import WorkerSeen
from tests.acting import as_worker


@pytest.mark.django_db
def test_no_worker_is_503() -> None:
    response = Client().get("/health/")
    assert response.status_code == 503
    assert response.json() == {"ok": False, "wrong": ["no worker was seen within the last minute"]}


@pytest.mark.django_db
def test_a_worker_that_ticks_is_200() -> None:
    with as_worker(), connection.cursor() as cursor:
        cursor.execute("insert into messaging_workerseen (name, seen_at) values ('w1', statement_timestamp())")
    response = Client().get("/health/")
    assert (response.status_code, response.json()["ok"]) == (200, True)


@pytest.mark.django_db
def test_a_worker_that_stopped_ticking_is_503() -> None:
    with as_worker(), connection.cursor() as cursor:
        cursor.execute(
            "insert into messaging_workerseen (name, seen_at) values ('w1', statement_timestamp() - interval '61 s')"
        )
    assert Client().get("/health/").status_code == 503
    assert WorkerSeen.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_without_a_database_it_still_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "PORT", 1)
    response = Client().get("/health/")
    assert response.status_code == 503
    assert response.json()["wrong"] == ["the database does not answer"]
    with pytest.raises(OperationalError):
        connection.ensure_connection()
    monkeypatch.undo()
