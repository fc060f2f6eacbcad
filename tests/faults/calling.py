"""A full table, somebody who calls it through the site, and who was reached by what."""

import time
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from alliances.models import Alliance, User
from messaging.models import Delivery
from tests.acting import as_worker
from tests.acting import browser as test_client
from tests.fleet import Fleet, Visitor, eventually
from tests.make import make_alliance, make_user, members


@dataclass
class Called:
    """Nine people who are called, and the tenth who calls."""

    fleet: Fleet
    table: Alliance
    caller: User
    others: list[User]

    def raise_signal(self) -> float:
        """Through the site, as a browser without scripts does. Returns how long the last page, which calls, took."""
        visitor = Visitor(self.fleet.url, test_client(self.caller).cookies["sessie"].value)
        start = f"/tafel/{self.table.uuid}/signaal/"
        visitor.post(start, text="Er staat een groep te schreeuwen voor de winkel.")
        visitor.post(f"{start}2/", place="Bij het plein", when="now")
        visitor.post(f"{start}3/", certainty="seen")
        review = visitor.post(f"{start}4/", choice="now")
        pressed = time.monotonic()
        page = visitor.post(f"{start}versturen/", key=review.value_of("key"))
        took = time.monotonic() - pressed
        assert "/oproep/" in page.url, page.url
        return took

    def reached(self, channel: str) -> set[int]:
        """Who got something on a channel."""
        addresses = {message["to"] for message in self.fleet.messages(channel=channel)}
        return {user.pk for user in self.others if {user.email, user.mobile} & addresses}

    @property
    def everybody(self) -> set[int]:
        return {user.pk for user in self.others}

    def wait_until_all_are_reached(self, channel: str, *, within: float) -> None:
        eventually(lambda: self.reached(channel) == self.everybody, within=within, what=f"nine people by {channel}")

    def states(self) -> set[str]:
        """The states that the deliveries of this call are in."""
        with as_worker():
            return set(Delivery.objects.values_list("state", flat=True))


def gather(fleet: Fleet) -> Called:
    """Ten people with a mail address and a mobile number."""
    table = make_alliance(members=[make_user() for _ in range(10)], founded_at=timezone.now() - timedelta(days=30))
    people = [seat.user for seat in members(table) if seat.user]
    return Called(fleet, table, people[5], [user for user in people if user != people[5]])
