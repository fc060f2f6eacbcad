"""What the tests run on: a PostgreSQL and a Valkey of their own, and the environment that settings.py reads.

A pytest plugin that must load before pytest-django does, which reads the settings before any conftest: hence
`-p tests.environment` in pyproject.toml, and `python -m pytest`. The first process starts the servers, in a folder that
is thrown away, and prepares one migrated database; workers of pytest-xdist inherit where they are. Every process has a
database and ports of its own.

Tests are `web`, so row-level security binds them as it binds a request. Only here `web` may also become `worker` by
asking for it (SET ROLE; it inherits nothing), so that a factory can write in the transaction of the test.
"""

import atexit
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from base64 import urlsafe_b64encode
from collections.abc import Generator, Mapping
from pathlib import Path
from types import FrameType

import psycopg
import pytest

from bondgenoten.local.network.running import RunningNetwork, start_network
from bondgenoten.local.ports import HOST, free_port
from bondgenoten.local.postgres import FAST, RunningPostgres
from bondgenoten.local.provision import OWNER, grant, provision
from bondgenoten.local.valkey import start_valkey

ROOT = Path(__file__).resolve().parents[1]
TEMPLATE = "bondgenoten_template"
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
DATABASE = f"test_bondgenoten_{WORKER}"
ALREADY = "BONDGENOTEN_TESTS"  # the folder of whoever started the servers
NIL = "00000000-0000-0000-0000-000000000000"
SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "bondgenoten.settings",
    "SECRET_KEY": "only-for-tests-" * 5,
    "DEBUG": "true",  # for plain static files; pytest-django turns it off after that, and the fleet runs without
    "HTTPS": "false",
    "ALLOWED_HOSTS": f"testserver,localhost,{HOST}",
    "SITE_URL": "http://testserver",
    "MAIL_FROM": "Bericht voor jou <bericht@tafel.example>",
    "MAIL_DOMAIN": "tafel.example",
    "SMS_API_KEY": f"test-{NIL}-{NIL}",
    "SMS_TEMPLATE_ID": NIL,
    "MAIL_TEMPLATE_ID": NIL.replace("0", "1"),
    "NOTIFY_WEBHOOK_TOKEN": "only-for-tests-only-for-tests",
    "MAIL_PROVIDERS": "smtp",
    "SMS_PROVIDERS": "notify,twilio",
    "VOICE_PROVIDERS": "twilio",
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "only-for-tests-" * 3,
    "TWILIO_SMS_FROM": "+3197000000123",
    "TWILIO_VOICE_FROM": "+31850000123",
    "VAPID_SUBJECT": "mailto:beheer@tafel.example",
    "VAPID_PRIVATE_KEY": urlsafe_b64encode(secrets.token_bytes(32)).rstrip(b"=").decode(),
    "PUSH_HOSTS": HOST,
    "CONTACT_NUMBER": "085 000 01 23",
    "DJANGO_ALLOW_ASYNC_UNSAFE": "true",  # Playwright's loop runs in the thread of the test
}


def folder() -> Path:
    """Where the servers of this run keep what they make; thrown away at the end."""
    return Path(os.environ[ALREADY])


def server_url(role: str = "postgres", database: str = "postgres") -> str:
    """The address of a database of this run's PostgreSQL."""
    return f"postgres://{role}@{HOST}:{os.environ['TEST_POSTGRES_PORT']}/{database}"


def create_database(name: str) -> None:
    """Make a migrated database out of the template; one with this name is thrown away first."""
    with psycopg.connect(server_url(), autocommit=True) as connection:
        connection.execute(f'drop database if exists "{name}" with (force)')
        connection.execute(f'create database "{name}" template {TEMPLATE} owner {OWNER}')


def drop_database(name: str) -> None:
    """Throw a database away, whoever is connected."""
    with psycopg.connect(server_url(), autocommit=True) as connection:
        connection.execute(f'drop database if exists "{name}" with (force)')


def open_network() -> RunningNetwork:
    """Start the pretend phone network on the ports that this process's settings name."""
    http, smtp = int(os.environ["TEST_NETWORK_PORT"]), int(os.environ["TEST_SMTP_PORT"])
    return start_network(folder() / f"network-{WORKER}", port=http, smtp_port=smtp)


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Generator[None, None, None]:
    """Before pytest-django looks for settings: servers, then settings."""
    if ALREADY not in os.environ:
        start_servers()
    choose_own()
    return (yield)


def start_servers(settings: Mapping[str, str] = FAST) -> RunningPostgres:
    """Start PostgreSQL (with these settings) and Valkey for this process and its children, and prepare the template."""
    os.environ.update(SETTINGS)
    (ROOT / "staticfiles").mkdir(exist_ok=True)  # a fresh clone has none, and WhiteNoise warns of that
    place = Path(tempfile.mkdtemp(prefix="bondgenoten-tests-"))
    place.chmod(0o755)  # as root, PostgreSQL runs as another user
    os.environ[ALREADY] = str(place)
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    postgres = RunningPostgres(_folder(place / "postgres"), free_port(), settings)
    atexit.register(postgres.stop)
    valkey = start_valkey(place / "valkey")
    atexit.register(valkey.stop)
    signal.signal(signal.SIGTERM, _end)
    os.environ["TEST_POSTGRES_PORT"] = str(postgres.port)
    os.environ["TEST_VALKEY_PORT"] = str(valkey.port)
    _prepare_template(postgres)
    return postgres


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


def _end(_number: int, _frame: FrameType | None) -> None:
    """Being stopped must not leave servers behind."""
    sys.exit(143)


def _prepare_template(postgres: RunningPostgres) -> None:
    """One migrated database, to copy from: copying takes a tenth of a second, migrating takes seconds."""
    provision(postgres.url(), database=TEMPLATE)
    with psycopg.connect(postgres.url(), autocommit=True) as connection:
        if connection.info.server_version >= 160_000:
            connection.execute("grant worker to web with inherit false, set true")
        else:
            connection.execute("alter role web noinherit")
            connection.execute("grant worker to web")
    owner = postgres.url(OWNER, TEMPLATE)
    _point_settings_at(TEMPLATE, network=1, smtp=1)
    subprocess.run(
        [sys.executable, "-W", "ignore", "manage.py", "migrate", "--database", "owner", "--verbosity", "0"],
        cwd=ROOT,
        check=True,
    )
    grant(owner)


def choose_own() -> None:
    """The database and the ports of this process."""
    os.environ["TEST_NETWORK_PORT"], os.environ["TEST_SMTP_PORT"] = str(free_port()), str(free_port())
    _point_settings_at(DATABASE, int(os.environ["TEST_NETWORK_PORT"]), int(os.environ["TEST_SMTP_PORT"]))


def _point_settings_at(database: str, network: int, smtp: int) -> None:
    broker = 1 + int(WORKER.removeprefix("gw"))  # a list of tasks for each process
    os.environ |= {
        "DATABASE_URL": server_url("web", database),
        "DATABASE_OWNER_URL": server_url(OWNER, database),
        "REDIS_URL": f"redis://{HOST}:{os.environ['TEST_VALKEY_PORT']}/{broker}",
        "EMAIL_URL": f"smtp://{HOST}:{smtp}",
        "SMS_API_URL": f"http://{HOST}:{network}",
        "TWILIO_API_URL": f"http://{HOST}:{network}",
    }
