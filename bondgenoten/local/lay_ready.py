"""Lay the database, the static files and the demo data ready, in one process: starting Django costs seconds.

Run by `make demo` as `python -m bondgenoten.local.lay_ready FOLDER`, with the owner of the database as DATABASE_URL. It
prints who can log in, as the demo data say it, and does nothing twice: a second start finds everything done.
"""

import hashlib
import os
import runpy
import sys
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from bondgenoten.local.provision import grant


def migrate() -> None:
    """Migrate when something is left to migrate, and renew the rights of the roles."""
    executor = MigrationExecutor(connections["owner"])
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", database="owner", verbosity=0, interactive=False)
        grant(os.environ["DATABASE_OWNER_URL"])


def collect_static(stamp: Path) -> None:
    """Give the static files their final names, when one of them changed since `stamp` was written."""
    files = sorted(path for folder in settings.STATICFILES_DIRS for path in Path(folder).rglob("*") if path.is_file())
    facts = [f"{path} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in files]
    facts.append((Path(settings.BASE_DIR) / "requirements-local.txt").read_text())  # the admin's files come from there
    now = hashlib.sha256("\n".join(facts).encode()).hexdigest()
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if not manifest.exists() or not stamp.exists() or stamp.read_text() != now:
        call_command("collectstatic", verbosity=0, interactive=False, clear=True)
        stamp.write_text(now)


def main() -> None:
    """Do all of it."""
    folder = Path(sys.argv[1])
    django.setup()
    migrate()
    collect_static(folder / "static.stamp")
    sys.argv = ["demodata", "--people", str(folder / "people.json"), "--push-service", settings.SMS_API_URL]
    runpy.run_module("bondgenoten.local.demodata", run_name="__main__")


if __name__ == "__main__":
    main()
