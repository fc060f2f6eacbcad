"""`manage.py reconcile_calls`: do outbox, receipts and timeline of every call tell one story?"""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from signals.reconcile import reconcile


class Command(BaseCommand):
    """Prints every difference (ids only) and a table of what was compared. Ends with 1 when there is a difference."""

    help = "Compare outbox, receipts and timeline of the calls of the last days; exits 1 on any difference."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How far back."""
        parser.add_argument("--since", type=float, default=7, metavar="DAYS", help="how far back (default: 7 days)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Compare. Raises CommandError for a role that cannot see everything: its zero would mean nothing."""
        with connection.cursor() as cursor:
            cursor.execute("select current_user::text")
            (role,) = cursor.fetchone()
        if role == "web":
            raise CommandError("The role web does not see every call: use the worker's DATABASE_URL.")
        report = reconcile(timezone.now() - timedelta(days=options["since"]))
        for difference in report.differences:
            self.stdout.write(f"DIFFERENCE {difference}")
        for what, number in report.counts.items():
            self.stdout.write(f"{what:<16}{number:>8}")
        self.stdout.write(f"{'differences':<16}{len(report.differences):>8}")
        if report.differences:
            raise SystemExit(1)
        self.stdout.write("zero difference")
