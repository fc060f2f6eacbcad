"""Whose phone an address is: from a file that the demo writes, read again when it changes."""

import json
from dataclasses import dataclass, field
from pathlib import Path

from bondgenoten.local.network.book import Arrived


@dataclass
class Phone:
    """One person's phone: every address that reaches it and what arrived, newest first."""

    name: str
    about: str = ""
    addresses: list[str] = field(default_factory=list)
    messages: list[Arrived] = field(default_factory=list)


class People:
    """Names by address, from a JSON file {address: {"name": ..., "about": ...}}.

    Addresses with the same name and the same words about them are one person's; "person" (any text) tells apart two
    people who share both. Without a file every address has a phone of its own.
    """

    def __init__(self, file: Path | None = None) -> None:
        self.file = file
        self._read_at = 0.0
        self._known: dict[str, dict[str, str]] = {}

    def phones(self, messages: list[Arrived]) -> list[Phone]:
        """Return everybody's phone: known people first, in the order of the file, then unknown addresses."""
        self._read()
        phones: dict[tuple[str, ...], Phone] = {}
        by_address: dict[str, Phone] = {}
        for address, person in self._known.items():
            name, about = person.get("name", address), person.get("about", "")
            phone = phones.setdefault((name, about, person.get("person", "")), Phone(name, about))
            phone.addresses.append(address)
            by_address[address] = phone
        for message in messages:
            if message.to not in by_address:
                by_address[message.to] = phones[message.to,] = Phone(message.to, "onbekend", [message.to])
            by_address[message.to].messages.insert(0, message)
        return list(phones.values())

    def _read(self) -> None:
        if not self.file or not self.file.exists():
            return
        changed_at = self.file.stat().st_mtime
        if changed_at != self._read_at:
            self._known = {address.lower(): person for address, person in json.loads(self.file.read_text()).items()}
            self._read_at = changed_at
