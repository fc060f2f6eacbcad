"""`manage.py import_areas FILE`: areas from the table of Statistics Netherlands."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from alliances.actions import set_up_area
from alliances.cbs import NotTheTable, read_areas
from alliances.models import Area


class Command(BaseCommand):
    """Add areas, and follow new names; nothing is removed. Run it with the worker's or the owner's database role."""

    help = "Import areas (GM, WK and BU codes) from a CSV file of Statistics Netherlands."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One file."""
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, all or nothing."""
        by_code: dict[str, Area] = {}
        try:
            with transaction.atomic():
                for row in read_areas(options["file"]):
                    parent = by_code[row.parent_code] if row.parent_code else None
                    by_code[row.cbs_code] = set_up_area(
                        name=row.name, level=row.level, parent=parent, cbs_code=row.cbs_code
                    )
        except (NotTheTable, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{len(by_code)} areas")
