"""Runs the table of tests/access.py, and sees to it that no address is missing from it."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.access import (
    ADMIN,
    ADMIN_ITSELF,
    ADMIN_WITH_ARGUMENTS,
    EVERYBODY,
    LOGIN,
    ROWS,
    Row,
    Scene,
    make_scene,
)
from tests.acting import Browser, as_worker, browser

SIGN_IN = reverse("account_login")
ADMIN_PAGES = ("changelist", "add", "history", "delete", "change")


def addresses(resolver: URLResolver, spaces: tuple[str, ...] = ()) -> Iterator[str]:
    """The names of every address, with their namespaces; an address without a name as its pattern."""
    for found in resolver.url_patterns:
        if isinstance(found, URLResolver):
            yield from addresses(found, (*spaces, found.namespace) if found.namespace else spaces)
        elif isinstance(found, URLPattern):
            yield ":".join((*spaces, found.name or f"({found.pattern})"))


def address_of(row: str) -> str:
    """The name of the address: a row may say between brackets which thing it is about."""
    return row.split(" ", maxsplit=1)[0]


def test_every_address_has_its_row():
    every = set(addresses(get_resolver()))
    own = {name for name in every if not name.startswith("admin:")}
    assert own == {address_of(row) for row in ROWS}, "an address without a row, or a row without an address"


def test_every_method_and_role_is_known():
    for name, row in ROWS.items():
        assert set(row.statuses) == set(EVERYBODY), name
        assert row.method in ("get", "post"), name


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker: Any) -> Iterator[Scene]:
    """One scene for all rows, in one transaction that is taken back: each request leaves it as it was."""
    with django_db_blocker.unblock(), transaction.atomic(), transaction.atomic(using="cache"):
        made = make_scene()
        made.things["cookies"] = {
            who: browser(None if who == "nobody" else getattr(made.cast, who)).cookies for who in EVERYBODY
        }
        yield made
        transaction.set_rollback(True)
        transaction.set_rollback(True, using="cache")


def status(scene: Scene, who: str, method: str, address: str, data: dict[str, str] | None = None) -> int | str:
    """What somebody gets, and nothing of what it did is kept."""
    client = Browser()
    client.cookies = deepcopy(scene.cookies[who])
    with transaction.atomic():
        response = getattr(client, method)(address, data or {})
        transaction.set_rollback(True)
    to_sign_in = response.status_code == 302 and response.headers["Location"].split("?")[0] == SIGN_IN
    return LOGIN if to_sign_in else int(response.status_code)


@pytest.mark.parametrize("name", ROWS)
def test_who_gets_what(scene: Scene, name: str):
    row: Row = ROWS[name]
    address = reverse(address_of(name), kwargs=row.arguments(scene))
    assert {who: status(scene, who, row.method, address, row.data) for who in EVERYBODY} == row.statuses


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row.method == "post"])
def test_a_verb_is_not_done_by_looking(scene: Scene, name: str):
    """A scanner opens every link: GET and HEAD do nothing but say that they do nothing."""
    address = reverse(address_of(name), kwargs=ROWS[name].arguments(scene))
    for who in ("police", "nobody"):
        for method in ("get", "head"):
            got = status(scene, who, method, address)
            assert got in (405, LOGIN) or name == "set_language", (who, method, got)


# --- The admin ----------------------------------------------------------------------------------------------------


def test_every_address_of_the_admin_has_its_row():
    models = {model._meta.label for model in admin.site._registry}
    assert models == set(ADMIN)
    every = {name.removeprefix("admin:") for name in addresses(get_resolver()) if name.startswith("admin:")}
    of_models = {
        f"{model._meta.app_label}_{model._meta.model_name}_{page}"
        for model in admin.site._registry
        for page in ADMIN_PAGES
    }
    unnamed = {name for name in every if name.startswith("(")}  # old addresses of a change page; unknown pages
    assert unnamed == {"(<path:object_id>/)", "((?P<url>.*)$)"}
    assert every - of_models - unnamed == {*ADMIN_ITSELF, *ADMIN_WITH_ARGUMENTS}


@pytest.mark.parametrize("name", ADMIN_ITSELF)
def test_who_gets_what_of_the_admin_itself(scene: Scene, name: str):
    address = reverse(f"admin:{name}")
    expected: dict[str, int | str] = dict.fromkeys(EVERYBODY, 403 if name == "login" else 302)
    expected["nobody"] = LOGIN if name == "login" else 302
    expected["administrator"] = ADMIN_ITSELF[name]
    assert {who: status(scene, who, "get", address) for who in EVERYBODY} == expected


@pytest.mark.parametrize("label", ADMIN)
def test_who_gets_what_of_a_model_in_the_admin(scene: Scene, label: str):
    model = apps.get_model(label)
    with as_worker():
        thing = model._base_manager.first()
    assert thing is not None, f"make a {label} in tests/world.py"
    for name, expected in ADMIN[label].items():
        arguments = [] if name in ("changelist", "add") else [thing.pk]
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=arguments)
        assert status(scene, "administrator", "get", address) == expected, name
        for who in set(EVERYBODY) - {"administrator"}:
            assert status(scene, who, "get", address) == (LOGIN if who == "nobody" else 302), (name, who)
