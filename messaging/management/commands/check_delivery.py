"""`manage.py check_delivery`: for a cron or an outside monitor."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError

from messaging import watchman


class Command(BaseCommand):
    """Prints one line for each thing that must be so. Ends with 1 when one is not."""

    help = "Does a worker go its rounds, and is nothing overdue? Exits 1 when something is wrong."
    requires_system_checks: list[str] = []  # a monitor wants the answer, not a lecture
    requires_migrations_checks = False

    def handle(self, *args: Any, **options: Any) -> None:
        """Look, print, and exit with 1 when something is wrong."""
        try:
            findings = watchman.look()
        except DatabaseError as error:
            findings = [watchman.Finding(False, f"the database does not answer ({type(error).__name__})")]
        for finding in findings:
            self.stdout.write(f"{'ok   ' if finding.well else 'WRONG'} {finding.says}")
        if not all(finding.well for finding in findings):
            raise SystemExit(1)
