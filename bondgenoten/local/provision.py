"""Make the roles, the database and their rights. May be run again at any time, before and after migrating.

Three roles: the owner (`bondgenoten`: makes and changes tables, may create test databases, is no superuser), `web` and
`worker` (own nothing, so that row-level security binds them). Roles belong to the whole server, so they are made here
and not in a migration.
"""

from pathlib import Path

import psycopg
from psycopg import sql

OWNER = "bondgenoten"
DATABASE = "bondgenoten"
RIGHTS = {
    OWNER: "LOGIN CREATEDB NOSUPERUSER NOCREATEROLE NOBYPASSRLS",
    "web": "LOGIN NOCREATEDB NOSUPERUSER NOCREATEROLE NOBYPASSRLS",
    "worker": "LOGIN NOCREATEDB NOSUPERUSER NOCREATEROLE NOBYPASSRLS",
}
GRANTS = (Path(__file__).parent / "grants.sql").read_text()
_ONE_AT_A_TIME = 7_302_112  # any number: the advisory lock of provisioning


def provision(superuser_url: str, *, passwords: dict[str, str] | None = None, database: str = DATABASE) -> None:
    """Make roles, database and rights on the server of `superuser_url`, a role that may create roles and databases.

    `passwords`: one per role name; None leaves passwords alone (an embedded server asks for none).
    Raises psycopg.Error when the server refuses.
    """
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [_ONE_AT_A_TIME])
        for role, rights in RIGHTS.items():
            _role(connection, role, rights, (passwords or {}).get(role))
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(database), sql.Identifier(OWNER))
            )
            # By default everybody who can log in may connect to every database.
            connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(database)))
            connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO web, worker").format(sql.Identifier(database)))
    with psycopg.connect(superuser_url, dbname=database, autocommit=True) as connection:
        connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(OWNER)))
        connection.execute(GRANTS)


def grant(owner_url: str) -> None:
    """Renew the rights of `web` and `worker` in the database of `owner_url` (the owning role), as after migrating."""
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute(GRANTS)


def _role(connection: "psycopg.Connection[tuple[object, ...]]", role: str, rights: str, password: str | None) -> None:
    exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    verb = sql.SQL("ALTER ROLE" if exists else "CREATE ROLE")
    connection.execute(sql.SQL("{} {} {}").format(verb, sql.Identifier(role), sql.SQL(rights)))
    if password is not None:
        connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(password)))
