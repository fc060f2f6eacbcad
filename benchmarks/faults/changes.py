"""The table changes during its call, which is frozen: who leaves is asked nothing more, nobody new is called."""

from datetime import datetime

from django.utils import timezone

from tests.acting import as_worker
from tests.make import make_member, make_user

from .counting import AGAIN, IN_FLIGHT, Count
from .fault import Fault
from .people import residents
from .scene import Scene
from .table import MAIL, SMS, VOICE, Person, Table


class MemberLeaves(Fault):
    """Somebody leaves the table during the call: nothing more is asked of them, and of the others all the same."""

    name = "member leaves during the call"
    window = 3.0

    def person(self, table: Table) -> Person:
        return residents(table)[4]

    def act(self, scene: Scene) -> None:
        self.left: dict[int, datetime] = {}
        for table in sorted(scene.tables, key=lambda table: table.moment):
            scene.until(table.moment + 2)
            scene.wait_for(lambda table=table: table.call, within=10)  # type: ignore[misc]
            with as_worker():
                table.alliance.memberships.filter(user=self.person(table).user).update(left_at=timezone.now())
            self.left[table.seed] = timezone.now()

    def dead(self, table: Table, person: Person, way: str) -> bool:
        return person is self.person(table)

    def check(self, scene: Scene, figures: Count) -> list[str]:
        counting, broken = scene.counting(), []
        for table in scene.tables:
            person, left = self.person(table), self.left[table.seed]
            late = [
                e
                for way in person.ways
                for e in counting.entries(table, person, way, AGAIN)
                if (e.at - left).total_seconds() > IN_FLIGHT
            ]
            broken += [f"{person.user.name} was asked after leaving"] if late else []
        return broken


class PhoneChanges(Fault):
    """Somebody changes their number during the call: this call goes on with the one that it began with."""

    name = "phone changed during the call"

    def act(self, scene: Scene) -> None:
        for table in sorted(scene.tables, key=lambda table: table.moment):
            scene.wait_for(lambda table=table: table.call, within=10)  # type: ignore[misc]
            scene.until(table.moment + table.rng.uniform(0.2, 2.5))
            person = residents(table)[4]
            scene.rows(
                "update messaging_contactpoint set address = '+3167' || substr(address, 6)"
                " where user_id = %s and kind = 'mobile'",
                person.user.pk,
            )


class NewMember(Fault):
    """Somebody takes a seat during the call, and another one's seat becomes empty: the ladder is frozen."""

    name = "membership changed during the call"
    window = 3.0

    def person(self, table: Table) -> Person:
        return residents(table)[4]

    def act(self, scene: Scene) -> None:
        self.new = []
        for table in sorted(scene.tables, key=lambda table: table.moment):
            scene.until(table.moment + 1)
            scene.wait_for(lambda table=table: table.call, within=10)  # type: ignore[misc]
            with as_worker():
                table.alliance.memberships.filter(user=self.person(table).user).update(left_at=timezone.now())
            newcomer = make_user(by=(MAIL, SMS, VOICE))
            make_member(table.alliance, newcomer)
            self.new.append(newcomer)

    def dead(self, table: Table, person: Person, way: str) -> bool:
        return person is self.person(table)

    def check(self, scene: Scene, figures: Count) -> list[str]:
        addresses = {address for user in self.new for address in (user.email, user.mobile)}
        got = [entry for entry in scene.book if entry.to in addresses]
        return [f"{len(got)} messages for people who came later"] if got else []
