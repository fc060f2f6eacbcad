"""What people do: answer at the wrong moment, twice, otherwise than before; leave, move, and cannot be reached."""

import time
from datetime import datetime
from typing import Any, ClassVar

from django.utils import timezone

from alliances import tokens
from alliances.models import StandIn
from tests.acting import as_worker
from tests.fleet import Fleet, Visitor
from tests.make import make_user

from .counting import AGAIN, IN_FLIGHT, Count
from .fault import Fault
from .scene import Scene
from .table import CANNOT, COMING, MAIL, PUSH, SEEN, SMS, VOICE, Person, Reaction, Table

SOON = 5.0  # seconds
MINUTE = 60.0


def residents(table: Table) -> list[Person]:
    """The six residents who are called."""
    return [person for person in table.people if person.role == "resident"]


def professional(table: Table, role: str) -> Person:
    """The police officer or the civil servant of a table."""
    return next(person for person in table.people if person.role == role)


# --- nobody to be reached ---------------------------------------------------------------------------------------------


class OneUnreachable(Fault):
    """Everything that one person of each table has is dead: who raised the signal hears it within a minute."""

    name = "all channels of one person dead"
    patience = 40.0

    def prepare(self, scene: Scene) -> None:
        victims = [person for table in scene.tables for person in self.victims(table)]
        network = scene.fleet.network
        for way, code in ((MAIL, 550), (SMS, 400), (VOICE, 400)):
            network.command_channel("refuse", channel=way, code=code, to=[victim.ways[way] for victim in victims])
        if subscriptions := [victim.ways[PUSH] for victim in victims if PUSH in victim.ways]:
            network.command_channel("gone", channel=PUSH, to=subscriptions)

    def victims(self, table: Table) -> list[Person]:
        return table.people[-1:]

    def dead(self, table: Table, person: Person, way: str) -> bool:
        return person in self.victims(table)

    def check(self, scene: Scene, figures: Count) -> list[str]:
        def told() -> bool:
            return len(self._told(scene)) == len(scene.tables)

        scene.wait_for(told, within=MINUTE)
        told_at = self._told(scene)
        scene.notes["told after"] = max(told_at.values(), default=-1.0)
        broken = [
            f"who raised signal {t.seed} was not told of people who cannot be reached"
            for t in scene.tables
            if t.call not in told_at
        ]
        return broken + [f"told only after {at:.0f} s" for at in told_at.values() if at > MINUTE]

    @staticmethod
    def _told(scene: Scene) -> dict[Any, float]:
        """Seconds from the start of each call until its caller was told."""
        callers = {table.caller.email: table for table in scene.tables}
        started = scene.counting().started
        seconds: dict[Any, float] = {}
        for call, payload in scene.rows(
            "select m.about, p.id from messaging_message m join messaging_payload p on p.message_id = m.id"
            " where m.kind = 'call_unreached' and p.channel = 'mail'"
        ):
            for entry in scene.book:
                if entry.reference == payload and entry.to in callers:
                    seconds.setdefault(call, (entry.at - started[call]).total_seconds())
        return seconds


class NobodyReachable(OneUnreachable):
    name = "all channels of everybody dead"
    reactions = False

    def victims(self, table: Table) -> list[Person]:
        return table.people


# --- answers at difficult moments -------------------------------------------------------------------------------------


class AnswersWhileStepping(Fault):
    """Everybody answers within a second of the moment at which the next step writes to the silent."""

    name = "answer while the next step is claimed"

    def react(self, table: Table) -> None:
        for person in table.people:
            via = table.rng.choice(["link", "sms"])
            person.reaction = Reaction(SMS, via, table.rng.choice([SEEN, CANNOT]), table.rng.uniform(2.5, 5.5))


class TwoAnswersAtOnce(Fault):
    """By link and by text message in the same moment, one yes and one no: both are kept, one counts."""

    name = "two answers at once"

    def react(self, table: Table) -> None:
        super().react(table)
        both = Reaction(SMS, "link", COMING, table.rng.uniform(0.2, 1.0), also=Reaction(SMS, "sms", CANNOT))
        residents(table)[0].reaction = both

    def check(self, scene: Scene, figures: Count) -> list[str]:
        both = scene.rows(
            "select count(*) from (select 1 from signals_answer group by recipient_id having count(*) = 2) x"
        )[0][0]
        return [] if both == len(scene.tables) else [f"both answers were kept of {both} of {len(scene.tables)} people"]


class ChangesMind(Fault):
    """A police officer comes, and then cannot: the stand-in is called at once, and both answers stay."""

    name = "coming, then cannot"

    def lay(self, fleet: Fleet, seed: int) -> Table:
        table = super().lay(fleet, seed)
        stand_in(table)
        return table

    def react(self, table: Table) -> None:
        super().react(table)
        professional(table, "police").reaction = Reaction(
            SMS, "link", COMING, table.rng.uniform(0.2, 1.0), then=Reaction(SMS, "link", CANNOT, 1.0)
        )

    def check(self, scene: Scene, figures: Count) -> list[str]:
        broken, worst = [], 0.0
        for table in scene.tables:
            said = scene.rows(
                "select a.value, a.at from signals_answer a join signals_callrecipient r on r.id = a.recipient_id"
                " join signals_call c on c.id = r.call_id join alliances_membership m on m.id = r.membership_id"
                " where c.uuid = %s and m.role = 'police' and not r.stands_in order by a.at",
                table.call,
            )
            if [value for value, _ in said] != [COMING, CANNOT]:
                broken.append(f"the history of table {table.seed} is {[value for value, _ in said]}")
                continue
            got = [entry.at for entry in scene.book if entry.to in table.stand_in_ways]
            if not got:
                broken.append(f"the stand-in of table {table.seed} was not called")
                continue
            worst = max(worst, (min(got) - said[-1][1]).total_seconds())
        scene.notes["stand-in after"] = worst
        return broken + ([f"the stand-in was called only after {worst:.1f} s"] if worst > SOON else [])


def stand_in(table: Table) -> None:
    """A colleague of the police officer, agreed to by everybody."""
    colleague = make_user(by=(MAIL, SMS))
    with as_worker():
        made = StandIn(alliance=table.alliance, role="police", user=colleague, name=colleague.name)
        made.token_hash = tokens.fingerprint(made.token)
        made.agreed_at = made.accepted_at = timezone.now()
        made.save()
    table.stand_in_ways = {colleague.email, colleague.mobile}


class AnswerAfterClosing(Fault):
    """The signal is closed while people still answer: kept, shown as late, and nothing more goes out."""

    name = "answer after closing"
    window = 2.0

    def react(self, table: Table) -> None:
        people = residents(table)
        people[0].reaction = Reaction(SMS, "link", COMING, 5.0)
        people[1].reaction = Reaction(SMS, "sms", COMING, 5.0)

    def act(self, scene: Scene) -> None:
        for table in sorted(scene.tables, key=lambda table: table.moment):
            scene.wait_for(lambda table=table: table.call, within=10)  # type: ignore[misc]
            scene.until(table.moment + 2.5)
            Visitor(scene.fleet.url, table.session).post(
                f"/signaal/{table.key}/afsluiten/", outcome="We spraken met elkaar."
            )

    def stopped(self, scene: Scene) -> dict[Any, datetime]:
        return dict(scene.rows("select uuid, ended_at from signals_call where ended_at is not null"))

    def check(self, scene: Scene, figures: Count) -> list[str]:
        late = scene.rows(
            "select count(*) from signals_answer a join signals_callrecipient r on r.id = a.recipient_id"
            " join signals_call c on c.id = r.call_id where a.at > c.ended_at"
        )[0][0]
        return [] if late == 2 * len(scene.tables) else [f"{late} late answers were kept of {2 * len(scene.tables)}"]


class Strangers(Fault):
    """Text messages from numbers that nobody has, and of 10,000 characters."""

    name = "unknown number"

    def act(self, scene: Scene) -> None:
        for number in range(10):
            scene.fleet.network.reply(
                f"+3169999{number:04d}",
                "ja " * (3334 if number % 2 else 1),
                provider=scene.rng.choice(["notify", "twilio"]),
            )
            scene.sleep(0.05, 0.3)

    def check(self, scene: Scene, figures: Count) -> list[str]:
        seen = scene.rows(
            "select count(*), count(*) filter (where outcome = 'stranger') from messaging_incoming"
            " where address like '+3169999%%'"
        )
        return (
            []
            if seen[0] == (10, 10)
            else [f"of 10 texts of strangers {seen[0][0]} were kept and {seen[0][1]} known as such"]
        )


class Stop(Fault):
    """One person of each table texts STOP: no text message more, the telephone still rings, everything is kept."""

    name = "STOP"

    def react(self, table: Table) -> None:
        super().react(table)
        self.person(table).reaction = Reaction(SMS, "sms", "", 0.2, "STOP", counts=False)

    @staticmethod
    def person(table: Table) -> Person:
        return residents(table)[3]

    def dead(self, table: Table, person: Person, way: str) -> bool:
        return person is self.person(table) and way == SMS and person.reaction is None

    def check(self, scene: Scene, figures: Count) -> list[str]:
        counting, broken = scene.counting(), []
        for table in scene.tables:
            person = self.person(table)
            said = scene.rows("select stopped_at from messaging_contactpoint where address = %s", person.ways[SMS])[0][
                0
            ]
            if not said:
                broken.append(f"STOP of {person.user.name} was not heard")
                continue
            late = [e for e in counting.entries(table, person, SMS, AGAIN) if (e.at - said).total_seconds() > IN_FLIGHT]
            broken += [f"{person.user.name} got a text message after STOP"] if late else []
            broken += [] if counting.entries(table, person, VOICE, AGAIN) else [f"{person.user.name} was not rung"]
        return broken


class Scanner(Fault):
    """Something fetches every link of every message, with HEAD and GET: nothing is answered by that."""

    name = "a scanner fetches every link"
    reactions = False
    most_opened: ClassVar[int] = 150  # each costs a dozen pages

    def act(self, scene: Scene) -> None:
        looked, opened = 0, 0
        while scene.clock < self.window + 8:
            news = [entry for entry in scene.book[looked:] if entry.channel in (MAIL, SMS)]
            looked = len(scene.book)
            for entry in news:
                if opened < self.most_opened and scene.clock < self.window + 8:
                    scene.fleet.network.open(entry.number)
                    opened += 1
            time.sleep(0.1)
        scene.notes["opened"] = opened

    def check(self, scene: Scene, figures: Count) -> list[str]:
        answers = scene.rows("select count(*) from signals_answer")[0][0] - len(scene.tables)
        return [f"the scanner gave {answers} answers"] if answers else []


# --- enough, and not enough any more ----------------------------------------------------------------------------------


class EnoughInFlight(Fault):
    """As soon as they hear, enough people say that they come: then nobody is asked any more, and who was is told."""

    name = "quorum reached in flight"

    def react(self, table: Table) -> None:
        for person in (professional(table, "police"), professional(table, "municipality"), *residents(table)[:3]):
            person.reaction = Reaction(SMS, table.rng.choice(["link", "sms"]), COMING, table.rng.uniform(0.2, 2.5))

    def stopped(self, scene: Scene) -> dict[Any, datetime]:
        return dict(scene.rows("select uuid, enough_at from signals_call where enough_at is not null"))

    def check(self, scene: Scene, figures: Count) -> list[str]:
        scene.sleep(6, 6)  # past the last step of the ladder: nothing may come
        enough = self.stopped(scene)
        broken = [f"table {table.seed} never had enough people" for table in scene.tables if table.call not in enough]
        counting = scene.counting()
        for table in scene.tables:
            for person in table.people:
                for way in person.ways:
                    late = [
                        entry
                        for entry in counting.entries(table, person, way, AGAIN)
                        if table.call in enough and (entry.at - enough[table.call]).total_seconds() > IN_FLIGHT
                    ]
                    broken += [f"{person.user.name} was asked by {way} though there were enough"] if late else []
        told = scene.rows("select count(distinct about) from messaging_message where kind = 'call_enough'")[0][0]
        return broken + ([] if told else ["nobody was told that there are enough people"])


class QuorumLost(EnoughInFlight):
    """Enough people, until the police officer cannot come after all: the silent are called again."""

    name = "quorum reached and lost again"
    patience = 40.0

    def react(self, table: Table) -> None:
        super().react(table)
        then = Reaction(SMS, "link", CANNOT, 4.0)
        professional(table, "police").reaction = Reaction(SMS, "link", COMING, 0.3, then=then)

    def stopped(self, scene: Scene) -> dict[Any, datetime]:
        return {}

    def check(self, scene: Scene, figures: Count) -> list[str]:
        short = scene.rows("select count(distinct call_id) from signals_callevent where kind = 'short'")[0][0]
        return (
            []
            if short == len(scene.tables)
            else [f"{short} of {len(scene.tables)} calls said that it is not enough any more"]
        )
