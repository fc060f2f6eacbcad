"""What tests of pages share: what stands in them, where they lead, and how much they ask of the database."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from signals import actions
from signals.models import Call, CallRecipient
from tests.acting import Browser, as_worker

SignIn = Callable[..., Browser]


def found(pattern: str, page: str) -> str:
    """What the group of a pattern holds in a page."""
    match = re.search(pattern, page)
    assert match, pattern
    return match[1]


def link(recipient: CallRecipient, name: str = "answer") -> str:
    """The address behind the link in this person's messages, or of one of its verbs."""
    return reverse(f"signals:{name}", args=[recipient.token])


def call_page(browser: Browser, call: Call) -> str:
    """The page of a call as this browser gets it."""
    return str(browser.get(reverse("signals:call", args=[call.uuid])).content.decode())


def next_pulse(page: Any) -> str:
    """Where the page asks whether anything changed."""
    return found(r'hx-get="([^"]+)"', page.content.decode()).replace("&amp;", "&")


def take_step(call: Call, position: int) -> None:
    """Let one step of the ladder be due, and let a worker take it."""
    with as_worker():
        call.steps.filter(kind="ladder", position=position).update(due_at=Now() - timedelta(seconds=1))
        actions.take_due_steps()


def in_worker(do: Callable[[], object]) -> object:
    """Do it as a worker does."""
    with as_worker():
        return do()


def count(browser: Browser, where: str, status: int = 200) -> int:
    """Queries of a page, without what only tests do: savepoints, and who acts."""
    browser.get(where)  # what is looked up once
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(where).status_code == status
    return sum(not query["sql"].startswith(("SAVEPOINT", "RELEASE", "select set_config")) for query in queries)
