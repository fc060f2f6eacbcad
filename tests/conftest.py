"""The database as `web`, the cast, and the browsers of the test client. Servers and settings: tests/environment.py."""

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any

import kombu.pools
import pytest
from celery import current_app
from django.db import OperationalError, connections
from django.test import TransactionTestCase
from psycopg.errors import DeadlockDetected

from tests import environment
from tests.acting import Browser, browser
from tests.cast import Cast, make_cast
from tests.fleet import Fleet, database_of, start_fleet

if TYPE_CHECKING:
    from bondgenoten.local.network.running import RunningNetwork

DATABASES = ["default", "cache", "owner"]
# Made by migrations and never by people in a test that commits.
REFERENCE_TABLES = {
    "django_migrations",
    "django_content_type",
    "auth_permission",
    "alliances_houserules",
    "meetings_themecategory",
    "meetings_schoolholiday",
}


def pytest_itemcollected(item: pytest.Item) -> None:
    """Every test that uses the database may use all its connections: who works, who owns, and the cache."""
    marker = item.get_closest_marker("django_db")
    fixtures = set(getattr(item, "fixturenames", ()))
    if marker and "databases" in marker.kwargs:
        return
    if marker or fixtures & {"db", "transactional_db"}:
        transaction = marker.kwargs.get("transaction", False) if marker else "transactional_db" in fixtures
        item.add_marker(pytest.mark.django_db(transaction=transaction, databases=DATABASES), append=False)


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any) -> Generator[None, None, None]:
    """A copy of the migrated database for this process; the connections have its name already."""
    environment.create_database(environment.DATABASE)
    yield
    with django_db_blocker.unblock():
        connections.close_all()
    environment.drop_database(environment.DATABASE)


@pytest.fixture(autouse=True)
def _one_celery() -> Generator[None, None, None]:
    """No test leaves another Celery behind: a task that is called by name in a later test would not be found there."""
    yield
    assert current_app.main == "bondgenoten"


@pytest.fixture(scope="session", autouse=True)
def _lines_to_the_broker() -> Generator[None, None, None]:
    """What this process rang the broker over is hung up at the end; a web process keeps it for as long as it lives."""
    yield
    kombu.pools.reset()


@pytest.fixture(scope="session", autouse=True)
def _empty_tables_by_their_owner() -> Generator[None, None, None]:
    """After a test that commits, the owner empties the tables: `web` may not, and what migrations wrote stays."""
    before = TransactionTestCase._fixture_teardown
    TransactionTestCase._fixture_teardown = _empty_tables  # type: ignore[method-assign]
    yield
    TransactionTestCase._fixture_teardown = before  # type: ignore[method-assign]


def _empty_tables(_case: TransactionTestCase | None) -> None:
    """Truncate everything at once. A fleet's worker may write meanwhile: a deadlock that ends here is tried again."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("select tablename from pg_tables where schemaname = 'public'")
        tables = sorted({name for (name,) in cursor.fetchall()} - REFERENCE_TABLES)
        cursor.execute("set lock_timeout = '10s'")  # somebody left a transaction open: say so
        for last in [*[False] * 9, True]:
            try:
                cursor.execute("truncate " + ", ".join(f'"{table}"' for table in tables))
                break
            except OperationalError as error:
                if last or not isinstance(error.__cause__, DeadlockDetected):
                    raise
        cursor.execute("reset lock_timeout")


@pytest.fixture
def cast(db: None) -> Cast:
    """One person for each kind of user, around a full alliance of ten."""
    return make_cast()


@pytest.fixture
def client() -> Browser:
    """A browser in which nobody is signed in."""
    return browser()


@pytest.fixture
def sign_in() -> Callable[..., Browser]:
    """`sign_in(user)`: a browser in which this person is signed in."""
    return browser


@pytest.fixture(scope="session")
def _fleet(django_db_setup: None) -> Generator[Fleet, None, None]:
    running = start_fleet(f"fleet_{environment.WORKER}")
    yield running
    running.stop()
    environment.drop_database(running.database)


@pytest.fixture
def fleet(_fleet: Fleet, django_db_blocker: Any, settings: Any) -> Generator[Fleet, None, None]:
    """Real processes, an empty database for them, and factories that write into it (tests/fleet.py)."""
    settings.SITE_URL = _fleet.url
    with django_db_blocker.unblock(), database_of(_fleet):
        _fleet.all_well()
        _fleet.network.clear()
        yield _fleet
        _empty_tables(None)


@pytest.fixture(scope="session")
def _network() -> "Generator[RunningNetwork, None, None]":
    running = environment.open_network()
    yield running
    running.stop()


@pytest.fixture
def network(_network: "RunningNetwork") -> "Generator[RunningNetwork, None, None]":
    """The pretend phone network that the settings of this process point at, empty and obedient."""
    _network.clear()
    yield _network
    _network.command_channel("ok")
