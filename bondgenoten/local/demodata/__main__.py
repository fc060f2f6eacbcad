"""`python -m bondgenoten.local.demodata --people FILE`: make the demo's data, once, and say who can log in.

Runs as the tables' owner: it writes for many people at once, which no one of them may.
"""

import argparse
import json
import os
import sys
from pathlib import Path

os.environ["DATABASE_URL"] = os.environ.get("DATABASE_OWNER_URL", os.environ.get("DATABASE_URL", ""))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bondgenoten.settings")

import django

django.setup()

from django.db import transaction  # noqa: E402

from bondgenoten.local.demodata.cast import ADMINISTRATOR, BOTH, CITY, COORDINATOR, FORMING, TABLE_OF_TEN, Person  # noqa: E402
from bondgenoten.local.demodata.devices import give_devices  # noqa: E402
from bondgenoten.local.demodata.tables import set_up  # noqa: E402

EVERYBODY = [*TABLE_OF_TEN, *FORMING, *CITY, COORDINATOR, ADMINISTRATOR]


def write_people(path: Path, devices: dict[str, Person]) -> None:
    """Tell the pretend phone network whose phone is whose."""
    owners = {
        address: person for person in EVERYBODY for address in (person.mobile, person.email, person.landline) if address
    } | devices
    phones = {address: {"name": person.name, "about": person.about} for address, person in owners.items()}
    path.write_text(json.dumps(phones, ensure_ascii=False, indent=1), encoding="utf-8")


def who_can_log_in() -> str:
    """One line: the people to try."""

    def address(person: Person) -> str:
        local = f"0{person.mobile[3:]}" if person.mobile else ""
        return person.email or local

    ruud = next(person for person in TABLE_OF_TEN if person.name == "Ruud")
    tries = (
        ("resident", ruud),
        ("police", TABLE_OF_TEN[0]),
        ("municipality", TABLE_OF_TEN[1]),
        ("coordinator", COORDINATOR),
    )
    words = [f"{what} {address(person)}" for what, person in (*tries, ("both", BOTH), ("administrator", ADMINISTRATOR))]
    return ", ".join(words)


def main() -> int:
    """Do it all in one transaction; running it again changes nothing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=Path, help="where to write whose phone is whose")
    parser.add_argument("--push-service", help="where the pretend phone network is, as a push service")
    asked = parser.parse_args()
    with transaction.atomic():
        set_up()
        devices = give_devices(asked.push_service) if asked.push_service else {}
    if asked.people:
        write_people(asked.people, devices)
    print(who_can_log_in())
    return 0


if __name__ == "__main__":
    sys.exit(main())
