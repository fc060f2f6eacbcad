"""`/health/` says what is wrong, also when the database is gone."""

import io

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.test import Client

from messaging.actions import post
from tests.acting import as_worker
from tests.make import make_user

NO_WORKER = "no worker was seen within the last minute"
NO_ROUND = "no worker completed a round of its sweep within the last minute"


def look() -> tuple[int, list[str]]:
    response = Client().get("/health/")
    return response.status_code, response.json()["wrong"]


def check() -> tuple[int, str]:
    """What `manage.py check_delivery` ends with and prints."""
    printed = io.StringIO()
    try:
        call_command("check_delivery", stdout=printed)
    except SystemExit as end:
        return int(end.code or 0), printed.getvalue()
    return 0, printed.getvalue()


def tick(*, seen: int = 0, swept: int | None = 0) -> None:
    """A worker's clock ticked, and its last full round was completed, so many seconds ago."""
    with as_worker(), connection.cursor() as cursor:
        cursor.execute(
            "insert into messaging_workerseen (name, seen_at, swept_at) values ('w1',"
            " statement_timestamp() - make_interval(secs => %s), statement_timestamp() - make_interval(secs => %s))",
            [seen, swept],
        )


@pytest.mark.django_db
def test_no_worker_is_503() -> None:
    assert look() == (503, [NO_WORKER, NO_ROUND])
    code, printed = check()
    assert code == 1
    assert f"WRONG {NO_WORKER}" in printed


@pytest.mark.django_db
def test_a_worker_that_goes_its_rounds_is_200() -> None:
    tick()
    assert look() == (200, [])
    code, printed = check()
    assert code == 0
    assert len(printed.splitlines()) == 3
    assert "WRONG" not in printed


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("seen", "swept", "wrong"), [(61, 61, [NO_WORKER, NO_ROUND]), (0, 61, [NO_ROUND]), (0, None, [NO_ROUND])]
)
def test_a_worker_that_stopped_or_hangs_in_a_look_is_503(seen: int, swept: int | None, wrong: list[str]) -> None:
    tick(seen=seen, swept=swept)
    assert look() == (503, wrong)


@pytest.mark.django_db
@pytest.mark.parametrize(("late", "status"), [(50, 200), (70, 503)])
def test_what_should_have_left_is_seen(late: int, status: int) -> None:
    """As a request that acts for nobody: a number, and no message."""
    tick()
    post(kind="call_enough", user=make_user(by=["mail"]), context={})
    with as_worker(), connection.cursor() as cursor:
        cursor.execute("update messaging_delivery set due_at = now() - make_interval(secs => %s)", [late])
    assert look()[0] == status
    assert ("more than a minute ago: 1" in check()[1]) == (status == 503)


@pytest.mark.django_db(transaction=True)
def test_without_a_database_it_still_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "PORT", 1)
    response = Client().get("/health/")
    assert response.status_code == 503
    assert response.json()["wrong"] == ["the database does not answer"]
    assert check() == (1, "WRONG the database does not answer (OperationalError)\n")
    with pytest.raises(OperationalError):
        connection.ensure_connection()
    monkeypatch.undo()
