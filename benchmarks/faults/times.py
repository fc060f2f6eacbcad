"""Time and number: the nights on which the clock jumps, a text that throws, a hundred calls at once."""

import time
from datetime import UTC, datetime, timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

import psycopg

from tests import environment
from tests.acting import as_worker
from tests.fleet import Fleet

from .channels import MOVES_ON, Bad
from .counting import FIRST, Count
from .fault import Fault
from .scene import Scene
from .table import COMING, LADDER, MAIL, SMS, Person, Reaction, Table, lay

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
# Time is the database's. A schema before pg_catalog on the path of both roles gives every query that asks for the time
# another one: the real one, moved by what stands in a table, so that a night is played in seconds. What Python's clock
# says of a new call (its steps) is moved as it is written.
CLOCK = """
    create schema moved;
    create table moved.clock (by interval not null);
    insert into moved.clock values ('0');
    create function moved.by() returns interval language sql stable security definer as 'select by from moved.clock';
    create function moved.statement_timestamp() returns timestamptz language sql stable
        as 'select pg_catalog.statement_timestamp() + moved.by()';
    create function moved.clock_timestamp() returns timestamptz language sql volatile
        as 'select pg_catalog.clock_timestamp() + moved.by()';
    create function moved.now() returns timestamptz language sql stable as 'select pg_catalog.now() + moved.by()';
    grant usage on schema moved to public;
    create function moved.move() returns trigger language plpgsql as $$
    begin
        if abs(extract(epoch from new.due_at - pg_catalog.clock_timestamp())) < 86400 then
            new.due_at := new.due_at + moved.by();
        end if;
        return new;
    end $$;
    create trigger aaa_moved before insert on signals_callstep for each row execute function moved.move();
    do $$
    declare found record;
    begin
        for found in select d.adrelid::regclass as of, a.attname as name from pg_attrdef d
            join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
            where pg_get_expr(d.adbin, d.adrelid) in ('statement_timestamp()', 'now()')
        loop
            execute format('alter table %s alter %I set default moved.statement_timestamp()', found.of, found.name);
        end loop;
        for found in select p.oid::regprocedure as of from pg_proc p
            where p.pronamespace = 'public'::regnamespace and p.proconfig::text like '%search_path%'
        loop
            execute format('alter function %s set search_path = moved, pg_catalog, public', found.of);
        end loop;
    end $$;
"""
ROLES = ("web", "worker")


class Night(Fault):
    """The calls are made in the seconds around the jump of the clock: half of them for now, half for today, whose
    messages wait for half past seven by the clock of that morning, and not an hour more or less.
    """

    jump: ClassVar[datetime]
    window = 6.0
    patience = 12.0
    reconciles = False  # Python's clock was not moved

    def start(self, name: str) -> Fleet:
        self._roles("alter role {} set search_path = moved, pg_catalog, public")
        fleet = super().start(name)
        with psycopg.connect(environment.server_url(database=fleet.database), autocommit=True) as link:
            link.execute(CLOCK)
            link.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename in ('web', 'worker')")
        return fleet

    @staticmethod
    def _roles(how: str) -> None:
        with psycopg.connect(environment.server_url(), autocommit=True) as link:
            for role in ROLES:
                link.execute(how.format(role))

    def lay(self, fleet: Fleet, seed: int) -> Table:
        if seed % 2:
            return super().lay(fleet, seed)
        table = lay(fleet, seed, self.name, ladder=LADDER[:1], push=self.push, by=self.by, moment="today")
        table.waits = True
        resident = next(person for person in table.people if person.role == "resident")
        resident.reaction = Reaction(SMS, "link", COMING, 0.2)
        return table

    def prepare(self, scene: Scene) -> None:
        self.moved = [timedelta(0)]
        scene.real = self._real
        self._set(scene, self.jump, less=self.window / 2)

    def act(self, scene: Scene) -> None:
        """The night until the ladder of the calls for now is done; then it is nearly half past seven."""
        scene.until(self.window + LADDER[-1]["after"] + 4)
        self.morning = self.jump.astimezone(AMSTERDAM).replace(hour=7, minute=30)
        waiting = {table.call for table in scene.tables if table.waits}
        counting = scene.counting()
        self.early = sum(counting.sent[entry.reference].about in waiting for entry in counting.book)
        self.due = scene.rows(
            "select distinct d.due_at from messaging_delivery d join messaging_message m on m.id = d.message_id"
            " where m.about = any(%s) and m.kind = 'call_urgent'",
            list(waiting),
        )
        # Their later steps were reckoned from Python's clock, which cannot be moved.
        scene.rows(
            "update signals_callstep set state = 'cancelled' where state = 'due' and call_id in"
            " (select id from signals_call where uuid = any(%s))",
            list(waiting),
        )
        self._set(scene, self.morning, less=3.0)
        self.moved_at = datetime.now(UTC)
        time.sleep(3)

    def _set(self, scene: Scene, at: datetime, *, less: float) -> None:
        self.moved.append(at - timedelta(seconds=less) - datetime.now(UTC))
        scene.rows("update moved.clock set by = %s", self.moved[-1])

    def _real(self, at: datetime) -> datetime:
        """Some moments are Python's, some the database's in the night or in the morning: the one that can be now."""
        return min((at - by for by in self.moved), key=lambda real: abs(real - datetime.now(UTC)))

    def check(self, scene: Scene, figures: Count) -> list[str]:
        self._roles("alter role {} reset search_path")
        counting, broken = scene.counting(), []
        waiting = {table.call for table in scene.tables if table.waits}
        if waiting and self.due != [(self.morning,)]:
            broken.append(f"what waits for the morning is due at {[str(at) for (at,) in self.due]}, not {self.morning}")
        if self.early:
            broken.append(f"{self.early} messages for today came in the night")
        after = [
            (entry.at - self.moved_at).total_seconds()
            for entry in counting.book
            if (sent := counting.sent[entry.reference]).about in waiting and sent.kind in FIRST
        ]
        if after:
            scene.notes["morning from"], scene.notes["morning until"] = min(after) - 3, max(after) - 3
            broken += ["the morning began too early"] if min(after) < 2.5 else []
            broken += ["the morning took too long"] if max(after) > 3 + MOVES_ON else []
        return broken


class AutumnNight(Night):
    """Half past two comes twice."""

    name = "DST night of 25 October 2026"
    jump = datetime(2026, 10, 25, 1, 0, tzinfo=UTC)


class SpringNight(Night):
    """Half past two does not come."""

    name = "DST night of 28 March 2027"
    jump = datetime(2027, 3, 28, 1, 0, tzinfo=UTC)


class ThrowingText(Fault):
    """The text for one person of each table cannot be made: everybody else is called as if nothing were wrong."""

    name = "a template throws for one person"
    broken_name: ClassVar[str] = "Kapotte Tekst"

    def lay(self, fleet: Fleet, seed: int) -> Table:
        table = super().lay(fleet, seed)
        victim = table.people[-1]
        victim.user.name = self.broken_name
        with as_worker():
            victim.user.save(update_fields=["name"])
        return table

    def prepare(self, scene: Scene) -> None:
        for number in range(len(scene.fleet.workers)):
            scene.replace_worker(number, f"throwing{number}", FAULT_TEMPLATE=self.broken_name)
        scene.dismiss(scene.fleet.web)
        more = {"FAULT_TEMPLATE": self.broken_name}
        scene.fleet.web = scene.fleet.start_web("benchmarks.faults.broken:application", **more)

    def dead(self, table: Table, person: Person, way: str) -> bool:
        return person is table.people[-1]

    def check(self, scene: Scene, figures: Count) -> list[str]:
        failed = scene.rows(
            "select count(distinct m.user_id) from messaging_delivery d join messaging_message m on m.id = d.message_id"
            " where d.state = 'failed' and d.permanent and m.about is not null"
        )[0][0]
        return [] if failed == len(scene.tables) else [f"{failed} of {len(scene.tables)} broken texts are to be seen"]


class Hundred(Bad):
    """A hundred calls within half a minute while the first SMS provider hangs: a thousand people, nobody forgotten."""

    name = "100 calls of 10 people, one provider hangs"
    channel, mode, provider = SMS, "hang", "notify"
    calls, window, patience, push, answers = 100, 30.0, 40.0, 0, False
    by = (MAIL, SMS)
    ladder = ({"after": 0, "ways": [MAIL, SMS]}, {"after": 8, "ways": [SMS]})
    reactions, for_ever = False, True
    most = 5.0

    def dead(self, table: Table, person: Person, way: str) -> bool:
        return False
