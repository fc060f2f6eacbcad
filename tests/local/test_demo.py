"""The demo's wiring: what each process gets, in which order they end, and that two demos never share a folder."""

import configparser
import os
import re
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.db.models import F
from django.utils import timezone
from django.utils.module_loading import import_string
from py_vapid import Vapid02
from time_machine import TimeMachineFixture

from alliances.models import Alliance, JournalEntry, User
from bondgenoten.celery import app
from bondgenoten.local import demo
from bondgenoten.local.running import CannotStart
from bondgenoten.local.supervise import Program, write
from meetings.models import Agreement, DatePoll, Feedback, Theme, ThemeCategory
from messaging.models import Delivery, Message
from tests import environment
from tests.acting import as_worker, browser

# In autumn with one dinner to come, on the first day of a year, and the night after a dinner.
DAYS = ("2031-11-22 18:00", "2032-01-01 10:00", "2032-06-17 23:00")
YEAR, A_DAY = timedelta(days=365), timedelta(days=1)
A_HANDFUL = 6  # who still has to say whether they come, and whose agreement is for today

ROOT = Path(__file__).resolve().parents[2]
PORTS = {"web": 8000, "network": 8025, "smtp": 2525, "postgres": 5432, "valkey": 6379}


def test_own_settings_win_and_the_secret_stays_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.setenv("CONTACT_NUMBER", "085 000 09 99")
    first, second = (demo.environment(tmp_path, PORTS) for _ in range(2))
    assert first["CONTACT_NUMBER"] == "085 000 09 99"
    assert first["DATABASE_URL"] == "postgres://web@127.0.0.1:5432/bondgenoten"
    assert first["WORKER_DATABASE_URL"] == "postgres://worker@127.0.0.1:5432/bondgenoten"
    assert first["SECRET_KEY"] == second["SECRET_KEY"]
    assert len(first["SECRET_KEY"]) >= 50
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


def test_a_database_of_ones_own_needs_its_owner_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://web@db.example/bondgenoten")
    monkeypatch.delenv("DATABASE_OWNER_URL", raising=False)
    with pytest.raises(CannotStart, match="DATABASE_OWNER_URL"):
        demo.run(tmp_path)


def test_a_running_demo_is_not_thrown_away(tmp_path: Path) -> None:
    (tmp_path / "people.json").write_text("{}")
    (tmp_path / "postgres").mkdir()
    with demo._alone(tmp_path), pytest.raises(CannotStart, match="runs already"):
        demo.reset(tmp_path)
    assert (tmp_path / "postgres").exists()
    demo.reset(tmp_path)
    assert [kept.name for kept in tmp_path.iterdir()] == ["lock"]


def test_the_product_ends_before_the_servers_within_ten_seconds(tmp_path: Path) -> None:
    programs = [
        Program("postgres", ["postgres"], stop=signal.SIGINT, patience=3, group="database"),
        Program("valkey", ["valkey"], patience=1, group="broker"),
        Program("web", ["web", "100%"]),
    ]
    config = configparser.RawConfigParser()
    config.read(write(programs, folder=tmp_path, cwd=ROOT))
    assert config["program:web"]["command"] == "web 100%%"
    assert config["program:postgres"]["stopsignal"] == "INT"
    order = sorted((int(config[name]["priority"]), name) for name in config.sections() if name.startswith("group:"))
    assert [name for _, name in order] == ["group:database", "group:broker", "group:product"]  # ends from the back
    assert sum({program.group: program.patience for program in programs}.values()) < 10


def test_locks_have_hashes_and_name_no_server() -> None:
    for name in ("requirements.txt", "requirements-local.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text()
        assert "://" not in text
        assert len(re.findall(r"^\S+==", text, re.MULTILINE)) <= text.count("--hash=sha256:")


def test_every_channel_is_on_and_keys_stay_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("VAPID_PRIVATE_KEY", "TWILIO_AUTH_TOKEN", "NOTIFY_WEBHOOK_TOKEN", "TWILIO_API_URL", "SMS_API_URL"):
        monkeypatch.delenv(name, raising=False)
    first, second = (demo.environment(tmp_path, PORTS) for _ in range(2))
    network = "http://127.0.0.1:8025"
    assert (first["SMS_API_URL"], first["TWILIO_API_URL"], first["PUSH_HOSTS"]) == (network, network, "127.0.0.1")
    for name in ("VAPID_PRIVATE_KEY", "TWILIO_AUTH_TOKEN", "NOTIFY_WEBHOOK_TOKEN"):
        assert first[name] == second[name]
    key = Vapid02.from_raw(first["VAPID_PRIVATE_KEY"].encode())
    assert key.public_key is not None
    programs = demo._programs(tmp_path, PORTS, first | {"SITE_URL": "http://127.0.0.1:8000"}, tmp_path / "people.json")
    [network_program] = [program for program in programs if program.name == "network"]
    assert "http://127.0.0.1:8000" in network_program.command
    assert not any(first["TWILIO_AUTH_TOKEN"] in word for word in network_program.command)  # everybody can read that


LIVE = (
    "import runpy, sys, time_machine; time_machine.travel(sys.argv.pop(1)).start(); "
    "runpy.run_module('bondgenoten.local.demodata', run_name='__main__')"
)


def live_until(day: str, tmp_path: Path) -> None:
    """Make the demo's data in this test's database, as `make demo` does on that day."""
    owner = environment.server_url("bondgenoten", environment.DATABASE)
    subprocess.run(
        [sys.executable, "-W", "error", "-c", LIVE, day, "--people", str(tmp_path / "people.json")],
        cwd=ROOT,
        env=os.environ | {"DATABASE_OWNER_URL": owner},
        check=True,
    )


@pytest.mark.parametrize("day", DAYS)
def test_a_year_of_an_alliance_on_any_day(
    day: str, transactional_db: None, tmp_path: Path, time_machine: TimeMachineFixture
) -> None:
    """Every state, category and outcome is there; nobody is told in a burst; a second start changes nothing."""
    live_until(day, tmp_path)
    time_machine.move_to(day)
    with as_worker():
        table = Alliance.objects.get(name="Zamenhofdreef")
        held = table.meetings.filter(kind="regular", ends_at__lt=timezone.now(), ends_at__gt=timezone.now() - YEAR)
        assert held.count() in (4, 5, 6)  # five, seen from a day between two Thursdays
        assert not held.filter(ends_at__lt=timezone.now() - A_DAY, report__shared_at=None).exists()
        assert table.meetings.coming_up(timezone.now())[0].host is not None
        assert DatePoll.objects.open().filter(meeting__alliance=table).count() == 1
        themes = Theme.objects.filter(alliance=table)
        assert set(themes.values_list("state", flat=True)) == set(Theme.State.values)
        assert set(themes.values_list("category", flat=True)) == set(ThemeCategory.objects.values_list("pk", flat=True))
        told = Feedback.objects.filter(theme__alliance=table)
        assert set(told.values_list("recognised", flat=True)) == {True, False, None}
        assert told.filter(theme__raised_by__user__name="Ruud", recognised=None).exists()
        assert set(table.agreements.values_list("state", flat=True)) == set(Agreement.State.values)
        assert table.agreements.open().filter(due_on__lt=timezone.localdate()).exists()
        assert {plan.ended_at is None for plan in table.action_plans.all()} >= {True}
        assert {question.answer == "" for question in table.questions.all()} == {True, False}
        assert not table.questions.filter(asked_on__lt=F("theme__created_at__date")).exists()
        lines = JournalEntry.objects.count()
        before = Message.objects.count()
        app.loader.import_default_modules()  # as a worker does when it starts
        for beat in app.conf.beat_schedule.values():
            import_string(beat["task"])()
        assert Message.objects.count() - before <= A_HANDFUL
        assert not Delivery.objects.filter(state=Delivery.State.DUE, due_at__lt=timezone.now() - A_DAY).exists()
        dinner, wilma = table.meetings.coming_up(timezone.now())[0], User.objects.get(name="Wilma")
    reader = browser(wilma)
    for page in (
        f"/tafel/{table.uuid}/",
        f"/tafel/{table.uuid}/jaar/",
        f"/tafel/{table.uuid}/themas/",
        f"/etentje/{dinner.uuid}/",
    ):
        assert reader.get(page).status_code == 200
    live_until(day, tmp_path)
    with as_worker():
        assert JournalEntry.objects.count() == lines
