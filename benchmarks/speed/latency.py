"""From the tap that raises a signal to the first message on a phone, through the real web, worker and network."""

import time
from datetime import datetime, timedelta

from django.utils import timezone

from alliances.models import User
from tests.acting import browser
from tests.fleet import Fleet, Visitor, eventually
from tests.make import make_alliance, make_area, make_user, members

PEOPLE = 10


def raised_to_first_send(fleet: Fleet, calls: int) -> tuple[list[float], list[float]]:
    """Raise urgent calls one after another. For each: seconds from the tap to the first message, and until all nine
    others have something on the channel that came first.
    """
    first, everybody = [], []
    for _ in range(calls):
        table = make_alliance(
            area=make_area(),
            members=[make_user() for _ in range(PEOPLE)],
            founded_at=timezone.now() - timedelta(days=30),
        )
        caller, *others = [seat.user for seat in members(table) if seat.user]
        came = _raise(fleet, f"/tafel/{table.uuid}/signaal/", caller, others)
        first.append(came[0])
        everybody.append(came[-1])
    return first, everybody


def _raise(fleet: Fleet, start: str, caller: User, others: list[User]) -> list[float]:
    """Seconds after the tap at which each of the others first had something on the first channel, in order."""
    visitor = Visitor(fleet.url, browser(caller).cookies["sessie"].value)
    visitor.post(start, text="Er staat een groep te schreeuwen voor de winkel.")
    visitor.post(f"{start}2/", place="Bij het plein", when="now")
    visitor.post(f"{start}3/", certainty="seen")
    key = visitor.post(f"{start}4/", choice="now").value_of("key")
    fleet.network.clear()
    tapped = time.time()
    visitor.post(f"{start}versturen/", key=key)

    def nine() -> list[float]:
        arrived = [
            (message["channel"], message["to"], datetime.fromisoformat(message["received_at"]).timestamp())
            for message in fleet.messages()
        ]
        for channel in ("mail", "sms"):
            addresses = {to: at for kind, to, at in reversed(arrived) if kind == channel}
            mine = {user.email for user in others} | {user.mobile for user in others}
            times = sorted(at - tapped for to, at in addresses.items() if to in mine)
            if len(times) == len(others):
                return times
        return []

    times = eventually(nine, within=20, what="nine people on one channel")
    return [min(times), *times]
