"""A missing or wrong setting stops the start with a sentence that names it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NEEDED = [
    "SECRET_KEY", "ALLOWED_HOSTS", "SITE_URL", "DATABASE_URL", "REDIS_URL", "EMAIL_URL", "MAIL_FROM", "MAIL_DOMAIN",
    "SMS_API_URL", "SMS_API_KEY", "SMS_TEMPLATE_ID", "CONTACT_NUMBER",
]  # fmt: skip
WRONG = {
    "MAIL_PROVIDERS": "pigeon",
    "SMS_PROVIDERS": "notify,pigeon",
    "VOICE_PROVIDERS": "notify",
    "NOTIFY_WEBHOOK_TOKEN": "short",
    "TWILIO_ACCOUNT_SID": "x",
    "TWILIO_SMS_FROM": "0612345678",
    "TWILIO_VOICE_FROM": "Bank",
    "VAPID_SUBJECT": "beheer",
    "VAPID_PRIVATE_KEY": "x",
    "SMS_TIMEOUT": "0",
    "SECRET_KEY": "short",
    "SITE_URL": "tafel.example/",
    "REDIS_URL": "localhost",
    "SMS_API_KEY": "x",
    "DELIVERY_LEASE": "0",
}


def start(**changed: str | None) -> "subprocess.CompletedProcess[str]":
    env = {name: value for name, value in os.environ.items() if changed.get(name, "") is not None}
    env.update({name: value for name, value in changed.items() if value is not None})
    return subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_all_that_is_missing_is_said_at_once() -> None:
    done = start(**dict.fromkeys(NEEDED))
    assert done.returncode
    for name in NEEDED:
        assert f"{name}:" in done.stderr


@pytest.mark.parametrize(("name", "value"), WRONG.items())
def test_a_wrong_value_is_said(name: str, value: str) -> None:
    done = start(**{name: value})
    assert done.returncode
    assert f"{name}:" in done.stderr.splitlines()[-1]


NEEDED_BY = {
    "MAIL_PROVIDERS=smtp": ["EMAIL_URL"],
    "MAIL_PROVIDERS=notify": ["SMS_API_URL", "SMS_API_KEY", "MAIL_TEMPLATE_ID"],
    "SMS_PROVIDERS=notify": ["SMS_API_URL", "SMS_API_KEY", "SMS_TEMPLATE_ID"],
    "SMS_PROVIDERS=twilio": ["TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_SMS_FROM"],
    "VOICE_PROVIDERS=twilio": ["TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_VOICE_FROM"],
    "VAPID_SUBJECT=mailto:beheer@tafel.example": ["VAPID_PRIVATE_KEY"],
}
OF_PROVIDERS = sorted({name for names in NEEDED_BY.values() for name in names})


@pytest.mark.parametrize(("choice", "needed"), NEEDED_BY.items())
def test_a_chosen_provider_needs_its_settings(choice: str, needed: list[str]) -> None:
    """And the others may be left empty, as they are in .env.example."""
    name, _, value = choice.partition("=")
    off = {"MAIL_PROVIDERS": "smtp", "SMS_PROVIDERS": "", "VOICE_PROVIDERS": "", "VAPID_SUBJECT": ""}
    done = start(**{**dict.fromkeys(OF_PROVIDERS, ""), **dict.fromkeys(needed, None), **off, name: value})
    assert done.returncode
    said = {line.partition(":")[0].strip() for line in done.stderr.splitlines() if line.startswith("  ")}
    assert set(needed) <= said
    assert said & set(OF_PROVIDERS) <= {*needed, "EMAIL_URL"}


def test_nothing_of_a_provider_that_nobody_chose() -> None:
    off = {"SMS_PROVIDERS": "", "VOICE_PROVIDERS": "", "VAPID_SUBJECT": ""}
    done = start(**{**dict.fromkeys(set(OF_PROVIDERS) - {"EMAIL_URL"}, ""), **off})
    assert done.returncode == 0, done.stderr


def test_a_lease_outlasts_every_call() -> None:
    done = start(DELIVERY_LEASE="3", VOICE_TIMEOUT="3")
    assert done.returncode
    assert "DELIVERY_LEASE:" in done.stderr.splitlines()[-1]


def test_safe_by_default() -> None:
    env = {name: value for name, value in os.environ.items() if name not in ("DEBUG", "HTTPS")}
    names = "s.DEBUG, s.SECURE_SSL_REDIRECT, s.SESSION_COOKIE_SECURE, s.SECURE_HSTS_SECONDS"
    asked = f"from django.conf import settings as s; print({names})"
    done = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, env={**env, "DJANGO_SETTINGS_MODULE": "bondgenoten.settings"},
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert done.stdout.split() == ["False", "True", "True", "31536000"]
