"""One seed: an alliance of ten with addresses of every kind, who calls it, and how its people answer."""

import re
import time
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from django.utils import timezone

from alliances.models import Alliance, User
from bondgenoten.local.network.running import Refused
from messaging.models import ContactPoint
from signals.models import Ladder
from tests.acting import as_worker
from tests.acting import browser as test_client
from tests.fleet import Fleet, Visitor
from tests.make import make_alliance, make_area, make_user, members

MAIL, SMS, VOICE, PUSH = "mail", "sms", "voice", "push"
# Minutes became seconds: at once; the silent again; rung; rung once more.
LADDER: tuple[dict[str, Any], ...] = (
    {"after": 0, "ways": [PUSH, MAIL, SMS]},
    {"after": 3, "ways": [SMS]},
    {"after": 5, "ways": [VOICE]},
    {"after": 8, "ways": [VOICE]},
)
CALLER = 5  # the sixth at the table, a resident
COMING, CANNOT, SEEN = "coming", "cannot", "seen"
TOKEN = re.compile(r"/k/([^/\s]+)/")
PATIENCE = 45.0  # seconds that a person keeps pressing a button that does not work


@dataclass
class Reaction:
    """What somebody answers: after something came in by `after`, by that way or another, so many seconds later."""

    after: str
    via: str  # link, sms or voice
    value: str
    later: float = 0.0
    text: str = ""
    also: "Reaction | None" = None  # another answer in the same moment
    then: "Reaction | None" = None  # another answer `later` seconds after this one
    counts: bool = True  # whether it is an answer at all


@dataclass
class Person:
    """Somebody at the table, with the address of each way that reaches them."""

    user: User
    role: str
    ways: dict[str, str]
    reaction: Reaction | None = None


@dataclass
class Given:
    """An answer that somebody gave and the application took."""

    person: Person
    value: str
    via: str
    at: datetime


@dataclass
class Table:
    """An alliance in which one person calls the nine others."""

    seed: int
    fleet: Fleet
    alliance: Alliance
    caller: User
    people: list[Person]
    rng: Random
    key: str
    session: str
    ladder: Sequence[Mapping[str, Any]] = LADDER
    waits: bool = False  # for the morning: how long that takes says nothing
    moment: float = 0.0  # seconds after the start of the window
    call: uuid.UUID | None = None
    pressed_at: datetime | None = None
    took: float = 0.0  # how long the page took that made the call
    given: list[Given] = field(default_factory=list)
    stand_in_ways: set[str] = field(default_factory=set)

    def press(self, patience: float = PATIENCE) -> None:
        """Send the signal as a browser does, again when the site does not answer: a second tap makes no second call."""
        self.pressed_at = datetime.now(UTC)
        until = time.monotonic() + patience
        while True:
            began = time.monotonic()
            try:
                page = Visitor(self.fleet.url, self.session).post(
                    f"/tafel/{self.alliance.uuid}/signaal/versturen/", key=self.key
                )
            except OSError:
                self.took = max(self.took, time.monotonic() - began)
                if time.monotonic() > until:
                    raise
                time.sleep(0.4)
                continue
            self.took = max(self.took, time.monotonic() - began)
            found = re.search(r"/oproep/([0-9a-f-]{36})/", page.url)
            assert found, f"no call was made: {page.url}"
            self.call = uuid.UUID(found[1])
            return

    def person(self, address: str) -> Person | None:
        """Whose address this is."""
        return next((person for person in self.people if address in person.ways.values()), None)

    def answer(self, person: Person, reaction: Reaction, message: Mapping[str, Any]) -> None:
        """Answer by link, by a text message or by a key, and try again while the site does not answer."""
        time.sleep(reaction.later)
        if reaction.also:
            with ThreadPoolExecutor(1) as other:
                other.submit(self.answer, person, reaction.also, message)
                self._give(person, reaction, message)
        else:
            self._give(person, reaction, message)
        if reaction.then:
            self.answer(person, reaction.then, message)

    def _give(self, person: Person, reaction: Reaction, message: Mapping[str, Any]) -> None:
        at = datetime.now(UTC)
        if reaction.via == "link":
            self.by_link(self.token(message), reaction.value)
        elif reaction.via == "sms":
            words = reaction.text or {COMING: "ja, over 2 uur", CANNOT: "nee", SEEN: "3"}[reaction.value]
            patiently(lambda: self.fleet.network.reply(person.ways[SMS], words))
        elif not self._press(person, reaction, message):
            return
        if reaction.counts:
            self.given.append(Given(person, reaction.value, reaction.via, at))

    def _press(self, person: Person, reaction: Reaction, message: Mapping[str, Any]) -> bool:
        """Press a key of a ringing phone; who was too late, or was not heard, waits until it rings again."""
        try:
            status = self.fleet.network.press(message, {COMING: "1", CANNOT: "2", SEEN: "3"}[reaction.value])["status"]
        except (Refused, OSError):
            status = 0
        if status != 200:
            person.reaction = reaction
        return bool(status == 200)

    def token(self, message: Mapping[str, Any]) -> str:
        """The secret part of the link in a message of the book."""
        (whole,) = [
            one for one in self.fleet.network.messages_of([message["reference"]]) if one["number"] == message["number"]
        ]
        found = TOKEN.search(whole["text"])
        assert found, "no link in the message"
        return found[1]

    def by_link(self, token: str, value: str, *, patience: float = PATIENCE) -> None:
        """Press a button behind a link, again while the site does not answer."""
        body = urllib.parse.urlencode({"answer": value}).encode()

        def press() -> int:
            with urllib.request.urlopen(f"{self.fleet.url}/k/{token}/antwoord/", data=body, timeout=10) as answer:
                return answer.status

        patiently(press, patience)


def patiently(does: Callable[[], int], patience: float = PATIENCE) -> None:
    """Do it again while the site does not answer: `does` returns the status of its answer, or raises OSError.

    Raises AssertionError when it still fails after `patience` seconds.
    """
    until = time.monotonic() + patience
    while True:
        try:
            status: int | str = does()
        except OSError as problem:
            status = str(problem)
        if isinstance(status, int) and 200 <= status < 300:
            return
        assert time.monotonic() < until, f"not taken: {status}"
        time.sleep(0.4)


def lay(
    fleet: Fleet,
    seed: int,
    name: str,
    *,
    ladder: Sequence[Mapping[str, Any]] = LADDER,
    push: int = 0,
    by: Sequence[str] = (MAIL, SMS, VOICE),
    moment: str = "now",
) -> Table:
    """Make a table: ten people, reached by mail, SMS and telephone, and `push` of them by push messages too."""
    rng = Random(f"{name}:{seed}")
    with as_worker():
        users = [make_user(by=by) for _ in range(10)]
        alliance = make_alliance(members=users, area=make_area(), founded_at=timezone.now() - timedelta(days=30))
        Ladder.objects.create(alliance=alliance, pace=Ladder.Pace.NOW, steps=list(ladder))
        seats = [seat for seat in members(alliance) if seat.user]
        caller = seats[CALLER].user
        people = [Person(seat.user, seat.role, _ways(seat.user, by)) for seat in seats if seat.user != caller]
        for person in people[:push]:
            person.ways[PUSH] = _subscribe(fleet, person.user)
    key = str(uuid.uuid4())
    client = test_client(caller)
    draft = {
        "key": key,
        "begun": timezone.now().isoformat(),
        "text": "Er staat een groep te schreeuwen.",
        "place": "Bij het plein",
        "when": "now",
        "certainty": "seen",
        "level": "urgent",
        "moment": moment,
    }
    session = client.session
    session[f"signal:{alliance.uuid}"] = draft
    session.save()
    return Table(seed, fleet, alliance, caller, people, rng, key, client.cookies["sessie"].value, ladder)


def _ways(user: User, by: Sequence[str]) -> dict[str, str]:
    ways = {MAIL: user.email, SMS: user.mobile, VOICE: user.mobile}
    return {way: str(address) for way, address in ways.items() if way in by and address}


def _subscribe(fleet: Fleet, user: User) -> str:
    made = fleet.network.subscription()
    ContactPoint.objects.create(
        user=user,
        kind="push",
        address=made["endpoint"],
        keys=made["keys"],
        device="Telefoon",
        verified_at=timezone.now(),
        may_message=True,
    )
    return str(made["endpoint"])
