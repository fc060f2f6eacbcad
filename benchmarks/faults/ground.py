"""What the bench stands on: a PostgreSQL of its own that it may restart, and settings, before Django is asked for."""

import os

from bondgenoten.local.postgres import FAST, RunningPostgres
from tests import environment

# A commit must outlive a crash of PostgreSQL, so it is written before it is told (only the disk's own cache is
# trusted); everything else is as for the tests.
SETTINGS = {**FAST, "synchronous_commit": "on", "max_connections": "200"}


def begin() -> RunningPostgres:
    """Start the servers and set Django up as role `web`. They end with this process."""
    os.environ.pop("DATABASE_OWNER_URL", None)
    postgres = environment.start_servers(SETTINGS)
    environment.choose_own()
    import django

    django.setup()
    return postgres
