"""Who acts, in a test: a person, the holder of a link, nobody, or the worker. And signing in without a code."""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db import connection, models, transaction
from django.test import Client
from django.test.client import ClientHandler

from alliances.actor import open_link, set_actor
from alliances.models import User
from alliances.tokens import fingerprint

M = TypeVar("M", bound=models.Model)
_SETTINGS = ("app.actor", "app.user_id", "app.token")
_role: ContextVar[str] = ContextVar("_role", default="")  # of the innermost block, in this thread


@contextmanager
def acting_as(who: User | AnonymousUser | str | None) -> Generator[None, None, None]:
    """Run the block as `web` acting for a person, for nobody (None) or for whoever holds a link (its token, a string).

    Afterwards it is again as it was. In a test of its own transaction, so everything stays undone at the end.
    """
    with _restored("web"):
        if isinstance(who, User):
            set_actor("person", user_id=who.pk)
        else:
            set_actor("anonymous")
            if isinstance(who, str):
                open_link(fingerprint(who))
        yield


@contextmanager
def as_worker() -> Generator[None, None, None]:
    """Run the block as the role `worker`, who sees and writes everything: for factories, for looking at what became of
    something, and for what runs in a Celery worker. Within another such block it changes nothing, and costs nothing.
    """
    if _role.get() == "worker":
        yield
        return
    with _restored("worker"):
        set_actor("worker")
        yield


def fresh(thing: M) -> M:
    """The row as it is in the database now, whoever may see it."""
    with as_worker():
        return type(thing)._base_manager.get(pk=thing.pk)


@contextmanager
def _restored(role: str) -> Generator[None, None, None]:
    with transaction.atomic():
        with connection.cursor() as cursor:
            were = ", ".join(f"current_setting('{name}', true)" for name in _SETTINGS)
            cursor.execute(f"select current_user::text, {were}, set_config('role', %s, true)", [role])
            before = cursor.fetchone()[:-1]
        inside = _role.set(role)
        try:
            yield  # when it raises, the savepoint takes role and settings back
        finally:
            _role.reset(inside)
        with connection.cursor() as cursor:
            each = ", ".join("set_config(%s, %s, true)" for _name in before)
            named = zip(("role", *_SETTINGS), before, strict=True)
            cursor.execute(f"select {each}", [text for name, value in named for text in (name, value or "")])


@cache
def _handler(enforce_csrf_checks: bool) -> ClientHandler:
    """One site for all test clients: setting it up looks at every static file, slower than a page."""
    return ClientHandler(enforce_csrf_checks)


class Browser(Client):
    """Django's test client, except that whoever a request acted for is forgotten when it is answered.

    The middleware says who acts until the end of the transaction, and in most tests that is the end of the test.
    """

    def __init__(self, *, enforce_csrf_checks: bool = False, **defaults: Any) -> None:
        super().__init__(enforce_csrf_checks=enforce_csrf_checks, **defaults)
        self.handler = _handler(enforce_csrf_checks)

    def request(self, **request: object):  # type: ignore[no-untyped-def]  # django-stubs keeps its response class to itself
        if not connection.in_atomic_block:
            return super().request(**request)
        try:
            return super().request(**request)
        finally:
            if not connection.needs_rollback:
                set_actor("anonymous")


def browser(user: User | None = None, **how: Any) -> Browser:
    """A test client, signed in as `user` when one is given."""
    client = Browser(**how)
    if user is not None:
        with as_worker():  # last_login is written
            client.force_login(user)
    return client
