"""`manage.py import_school_holidays [FILE]`: the official school holidays per region."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from meetings.actions import import_school_holidays
from meetings.school import SHIPPED, NotTheList, read


class Command(BaseCommand):
    """Add holidays and follow changes; nothing is removed. All or nothing. Columns: region (north, middle, south),
    name, first_day, last_day, source.
    """

    help = "Import school holidays from a CSV file; without one, the list that comes with the application."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One file."""
        parser.add_argument("file", type=Path, nargs="?", default=SHIPPED)

    def handle(self, *args: Any, **options: Any) -> None:
        """Import."""
        try:
            with options["file"].open(encoding="utf-8-sig", newline="") as lines:
                count = import_school_holidays(read(lines))
        except (NotTheList, OSError, UnicodeDecodeError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{count} school holidays")
