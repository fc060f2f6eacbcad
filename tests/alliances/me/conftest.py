"""Somebody who is signed in and looks at their own things."""

import pytest
from django.core.cache import cache

from tests.acting import Browser, browser
from tests.cast import Cast


@pytest.fixture(autouse=True)
def _no_limits_from_before(db: None) -> None:
    cache.clear()


@pytest.fixture
def client(cast: Cast) -> Browser:
    return browser(cast.resident)
