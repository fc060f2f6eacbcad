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


def test_safe_by_default() -> None:
    env = {name: value for name, value in os.environ.items() if name not in ("DEBUG", "HTTPS")}
    names = "s.DEBUG, s.SECURE_SSL_REDIRECT, s.SESSION_COOKIE_SECURE, s.SECURE_HSTS_SECONDS"
    asked = f"from django.conf import settings as s; print({names})"
    done = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, env={**env, "DJANGO_SETTINGS_MODULE": "bondgenoten.settings"},
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert done.stdout.split() == ["False", "True", "True", "31536000"]
