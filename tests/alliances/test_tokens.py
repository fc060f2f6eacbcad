"""Links and who acts through them."""

import logging
import uuid

import pytest
from django.contrib.auth import SESSION_KEY
from django.db import connection
from django.test import RequestFactory

from alliances import tokens
from alliances.middleware import ActorTransaction
from tests.cast import Cast


def test_a_token_is_the_same_each_time_and_dies_with_its_serial() -> None:
    of = uuid.uuid4()
    assert tokens.derive("invitation", of) == tokens.derive("invitation", of)
    assert len({tokens.derive("invitation", of), tokens.derive("invitation", of, 1), tokens.derive("answer", of)}) == 3


@pytest.mark.parametrize("where", ["/k/{}/antwoord/", "/g/{}/", "/p/{}/", "/stil/{}/", "/agenda/{}.ics"])
def test_logs_hold_no_secret(where: str) -> None:
    token = tokens.derive("answer", uuid.uuid4())
    record = logging.LogRecord("django.request", 30, "", 0, "Gone: %s", (where.format(token),), None)
    assert tokens.MaskTokens().filter(record)
    assert record.getMessage() == f"Gone: {where.format('***')}"


def test_a_session_that_was_signed_out_elsewhere_acts_for_nobody(cast: Cast) -> None:
    """The row of the session names a person; Django's check of it decides whether PostgreSQL is told so."""

    class Nobody:
        is_authenticated = False

    def actor(user: object) -> str:
        request = RequestFactory().get("/")
        request.session = {SESSION_KEY: str(cast.police.pk)}  # type: ignore[assignment]
        request.user = user  # type: ignore[assignment]
        seen = []

        def view(_request: object) -> None:
            with connection.cursor() as cursor:
                cursor.execute("select coalesce(app_user(), 0)")
                seen.append(cursor.fetchone()[0])

        ActorTransaction(view)(request)  # type: ignore[arg-type]
        return str(seen[0])

    assert actor(cast.police) == str(cast.police.pk)
    assert actor(Nobody()) == "0"
