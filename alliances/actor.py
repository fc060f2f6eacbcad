"""The second door: telling PostgreSQL who acts, so that row-level security can refuse what a view forgets."""

from typing import Any

from django.db import connection


def set_actor(kind: str, *, user_id: int | None = None, token_hash: str = "") -> None:
    """Set who acts until the end of this transaction.

    `kind` is person, signin, anonymous or worker; `user_id` the person's primary key; `token_hash` the fingerprint of a
    link that was opened. Must run inside a transaction, else PostgreSQL forgets it at once.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select set_config('app.actor', %s, true), set_config('app.user_id', %s, true),"
            " set_config('app.token', %s, true)",
            [kind, str(user_id or ""), token_hash],
        )


def open_link(token_hash: str) -> None:
    """Add a link to who acts already: its row becomes visible, nothing else changes."""
    with connection.cursor() as cursor:
        cursor.execute("select set_config('app.token', %s, true)", [token_hash])


def follow_sign_in(user: Any, **_signal: object) -> None:
    """Signing in makes the rest of this request act as that person. Connected to Django's `user_logged_in`."""
    set_actor("person", user_id=user.pk)
