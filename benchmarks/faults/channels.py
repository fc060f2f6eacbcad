"""Providers of mail, SMS, voice and push: refusing, throttling, hanging, mute, and what they tell us afterwards."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from .counting import FIRST, Count, Counting
from .fault import Fault
from .scene import Scene
from .table import PUSH, SMS, VOICE, Person, Table

MOVES_ON = 5.0  # seconds: promise 4


class Bad(Fault):
    """A channel behaves badly, for everybody or for each address, for a while or for ever.

    `others_within`: the other channels may be later than before the fault by so many seconds at most. `instead`: the
    way that takes over within five seconds when this one fails for good.
    """

    channel: ClassVar[str] = ""
    provider: ClassVar[str | None] = None
    mode: ClassVar[str] = ""
    code: ClassVar[int] = 0
    seconds: ClassVar[float | None] = None
    each: ClassVar[bool] = False
    for_ever: ClassVar[bool] = False
    taken: ClassVar[bool] = False  # the network has it in its book all the same
    instead: ClassVar[str] = ""
    lasts: ClassVar[tuple[float, float]] = (3.5, 5.0)
    others_within: ClassVar[float | None] = None

    def plan(self, tables: Sequence[Table]) -> None:
        super().plan(tables)
        if self.others_within is not None:  # who calls before the fault is the measure for who calls during it
            for table in tables[: len(tables) // 2]:
                table.moment += self.window + 1

    def prepare(self, scene: Scene) -> None:
        if self.others_within is None:
            self._on(scene)

    def act(self, scene: Scene) -> None:
        if self.others_within is not None:
            scene.until(self.window + 0.5)
            self._on(scene)
            scene.until(2 * self.window + 1)
        if not self.for_ever:
            scene.sleep(*self.lasts)
            scene.fleet.network.command_channel("ok", channel=self.channel)

    def _on(self, scene: Scene) -> None:
        how: dict[str, Any] = {"channel": self.channel}
        how |= {"code": self.code} if self.code else {}
        how |= {"seconds": self.seconds} if self.seconds is not None else {}
        how |= {"provider": self.provider} if self.provider else {}
        if self.each:
            how["to"] = [
                person.ways[self.channel]
                for table in scene.tables
                for person in table.people
                if self.hits(table, person)
            ]
        scene.fleet.network.command_channel(self.mode, **how)

    def hits(self, table: Table, person: Person) -> bool:
        """Whether the fault is about this person too, where it is said for each address."""
        return self.channel in person.ways

    def dead(self, table: Table, person: Person, way: str) -> bool:
        return self.for_ever and way == self.channel

    def check(self, scene: Scene, figures: Count) -> list[str]:
        counting, broken = scene.counting(), []
        if self.instead:
            broken += self._took_over(scene, counting)
        if self.others_within is not None:
            broken += self._others(scene, counting)
        return broken

    def _others(self, scene: Scene, counting: Counting) -> list[str]:
        """How much later the other ways and other people were than before the fault."""
        worst = {False: 0.0, True: 0.0}
        for table in scene.tables:
            for person in table.people:
                for way in self.ladder[0]["ways"]:
                    hit = way == self.channel and (not self.each or self.hits(table, person))
                    got = counting.entries(table, person, way, FIRST)
                    if got and not hit:
                        during = table.moment > self.window
                        worst[during] = max(worst[during], counting.since(table, got[0].at))
        scene.notes["others before"], scene.notes["others during"] = worst[False], worst[True]
        later = worst[True] - worst[False]
        return [f"others were {later:.1f} s later"] if later > self.others_within else []

    def _took_over(self, scene: Scene, counting: Counting) -> list[str]:
        """The next way came within five seconds of the failure (for a bounce: of its being told)."""
        slow, worst = [], 0.0
        for table in scene.tables:
            for person in table.people:
                if counting.spoke(table, person) or self.instead not in person.ways or self.channel not in person.ways:
                    continue
                got = counting.entries(table, person, self.instead, FIRST)
                failed = self._failed_at(scene, table, person)
                if not failed or not got:
                    slow.append(f"{person.user.name}: {self.instead} did not take over")
                    continue
                worst = max(worst, (got[0].at - failed).total_seconds())
        scene.notes["next way after"] = worst
        return slow + ([f"the next way took {worst:.1f} s"] if worst > MOVES_ON else [])

    def _failed_at(self, scene: Scene, table: Table, person: Person) -> datetime | None:
        rows = scene.rows(
            "select min(d.failed_at) from messaging_delivery d join messaging_message m on m.id = d.message_id"
            " where m.about = %s and m.user_id = %s and d.channel = %s and d.permanent and m.kind = 'call_urgent'",
            table.call,
            person.user.pk,
            self.channel,
        )
        return rows[0][0]


# --- text messages ----------------------------------------------------------------------------------------------------


class Sms5xx(Bad):
    name = "SMS 5xx"
    channel, mode, code = SMS, "refuse", 503


class Sms429(Bad):
    name = "SMS 429"
    channel, mode = SMS, "throttle"


class SmsMute(Bad):
    """Both providers take it and say nothing before our time is over."""

    name = "SMS timeout after acceptance"
    channel, mode = SMS, "mute"


class DeadProvider(Bad):
    """Must show 3: the first provider is dead for ever; the second one brings everything within five seconds, with the
    product's own time limits.
    """

    name = "SMS provider dead: the second one"
    channel, mode, provider = SMS, "hang", "notify"
    for_ever = True
    settings = {"SMS_TIMEOUT": "3", "DELIVERY_LEASE": "6"}

    def dead(self, table: Table, person: Person, way: str) -> bool:
        return False

    def check(self, scene: Scene, figures: Count) -> list[str]:
        counting = scene.counting()
        texts = [
            counting.since(table, got[0].at)
            for table in scene.tables
            for person in table.people
            if (got := counting.entries(table, person, SMS, FIRST))
        ]
        scene.notes["text message by the second"] = max(texts)
        by = {entry.provider for entry in counting.book if entry.channel == SMS}
        wrong = [] if by == {"twilio"} else [f"text messages came by {by}"]
        return wrong + ([f"the second provider took {max(texts):.1f} s"] if max(texts) > MOVES_ON else [])


class SmsHangs(Bad):
    """Must show 3: nobody else, and no other channel, waits for a provider that hangs."""

    name = "SMS hangs (both providers)"
    channel, mode = SMS, "hang"
    others_within = 1.0


# --- the telephone ----------------------------------------------------------------------------------------------------


class Voice5xx(Bad):
    name = "voice 5xx"
    channel, mode, code = VOICE, "refuse", 503
    lasts = (6.0, 8.0)


class Voice429(Bad):
    name = "voice 429"
    channel, mode = VOICE, "throttle"
    lasts = (6.0, 8.0)


class VoiceMute(Bad):
    name = "voice timeout after acceptance"
    channel, mode = VOICE, "mute"
    lasts = (6.0, 8.0)


class NobodyThere(Bad):
    """A machine, or a busy line, is no answer: the ladder rings again and nobody counts as having spoken."""

    channel = VOICE
    for_ever = True

    def react(self, table: Table) -> None:
        super().react(table)
        for person in table.people:
            if person.reaction and person.reaction.after == VOICE:
                person.reaction = None

    def dead(self, table: Table, person: Person, way: str) -> bool:
        return False

    def check(self, scene: Scene, figures: Count) -> list[str]:
        said = scene.rows("select count(*) from signals_answer where via = 'voice'")[0][0]
        reached = scene.rows("select count(*) from messaging_delivery where channel = 'voice' and state = 'delivered'")[
            0
        ][0]
        broken = [f"{said} answers by telephone of people who did not pick up"] if said else []
        return broken + ([f"{reached} calls are said to have reached somebody"] if reached else [])


class Voicemail(NobodyThere):
    name = "voicemail"
    mode = "voicemail"


class Busy(NobodyThere):
    name = "busy"
    mode = "busy"


# --- push messages ----------------------------------------------------------------------------------------------------


class PushGone(Bad):
    """Every subscription is no more: it is dropped, and nobody is asked by it again."""

    name = "push 404 and 410"
    channel, mode = PUSH, "gone"
    each, for_ever = True, True
    push = 4

    def check(self, scene: Scene, figures: Count) -> list[str]:
        left = scene.rows("select count(*) from messaging_contactpoint where kind = 'push'")[0][0]
        return [f"{left} dead subscriptions are still there"] if left else []


# --- what providers tell us afterwards --------------------------------------------------------------------------------


class Receipts(Fault):
    """Receipts of every channel go wrong; what was said in the end is what holds."""

    how: ClassVar[str] = ""
    delivered: ClassVar[bool] = True

    def prepare(self, scene: Scene) -> None:
        scene.fleet.network.receipts(self.how, seconds=2)

    def check(self, scene: Scene, figures: Count) -> list[str]:
        states = dict(
            scene.rows(
                "select d.state, count(*) from messaging_delivery d join messaging_message m on m.id = d.message_id"
                " where d.channel = 'sms' and m.about is not null group by d.state"
            )
        )
        scene.notes |= {f"SMS {state}": number for state, number in states.items()}
        wanted = "delivered" if self.delivered else "sent"
        odd = {state: number for state, number in states.items() if state not in (wanted, "cancelled")}
        return [f"text messages are {odd}, not {wanted}"] if odd else []


class ReceiptsMissing(Receipts):
    name = "receipts missing"
    how, delivered = "lose", False


class ReceiptsDoubled(Receipts):
    name = "receipts doubled"
    how = "repeat"
    rest = 3.0

    def check(self, scene: Scene, figures: Count) -> list[str]:
        twice = scene.rows(
            "select count(*) from (select 1 from signals_answer group by recipient_id, value having count(*) > 1) x"
        )
        return super().check(scene, figures) + (["an answer was kept twice"] if twice[0][0] else [])


class ReceiptsShuffled(Receipts):
    name = "receipts out of order"
    how = "shuffle"
    rest = 5.0


class ReceiptsForged(Receipts):
    """Somebody tells us that nothing arrived, and answers for others, without the key: refused, nothing changes."""

    name = "receipts and answers forged"
    how = "ok"
    rest = 4.0

    def act(self, scene: Scene) -> None:
        network, statuses = scene.fleet.network, []
        while scene.clock < self.window + 6:
            for entry in scene.book[-6:]:
                signed = scene.rng.choice(["no", "wrong"])
                if entry.channel == SMS:
                    status = scene.rng.choice(["permanent-failure", "failed"])
                    statuses.append(network.forge("receipt", signed=signed, number=entry.number, status=status))
                    statuses.append(network.forge("reply", signed=signed, **{"from": entry.to, "text": "1"}))
                elif entry.channel == VOICE:
                    statuses.append(network.forge("key", signed=signed, number=entry.number, digits="1"))
            scene.sleep(0.2, 0.5)
        scene.notes["forged"] = len(statuses)
        scene.notes["believed"] = sum(status != 403 for status in statuses)

    def check(self, scene: Scene, figures: Count) -> list[str]:
        answers = scene.rows("select count(*) from signals_answer")[0][0]
        true = figures.answers_kept + len(scene.tables)
        broken = super().check(scene, figures)
        broken += [f"{answers - true} forged answers were kept"] if answers != true else []
        return broken + ([f"{scene.notes['believed']:g} lies were not refused"] if scene.notes["believed"] else [])
