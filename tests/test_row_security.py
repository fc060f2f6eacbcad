"""The second door: what PostgreSQL itself shows to each of the cast, whatever a view forgets."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, ProgrammingError, connection, connections, models, transaction
from django.utils import timezone
from psycopg.errors import InsufficientPrivilege, RestrictViolation

from alliances.models import Invitation, JournalEntry, Membership
from meetings.models import Guest
from messaging.models import ContactPoint
from signals.models import Call
from tests.acting import acting_as, as_worker
from tests.cast import Cast
from tests.make import (
    make_attendance,
    make_call,
    make_guest,
    make_invitation,
    make_meeting,
    make_recipient,
    make_signal,
    make_stand_in,
    make_user,
    members,
)
from tests.world import furnish

AT_THE_TABLE = ("police", "municipality", "resident", "young", "coordinating_member")
EVERYBODY = (*AT_THE_TABLE, "coordinator", "administrator", "neighbour", "stranger", "nobody")

# Tables that everybody may read, each with its reason. Every other table has row-level security.
OPEN_TABLES = {
    "django_migrations": "names of migrations",
    "django_content_type": "names of models",
    "auth_permission": "names of permissions",
    "auth_group": "names of groups of administrators",
    "auth_group_permissions": "names of permissions",
    "alliances_area": "names of places, public knowledge",
    "alliances_houserules": "the rules, public knowledge",
    "meetings_themecategory": "names of categories",
    "meetings_schoolholiday": "dates of school holidays, public knowledge",
    "cache": "rate limits, counted before anybody has signed in; keys hold digests",
    "django_session": "read before it is known who acts; its random key is the secret",
}


@pytest.fixture
def world(cast: Cast) -> Cast:
    furnish(cast)
    return cast


# --- Every model, every one of the cast ---------------------------------------------------------------------------

Sees = dict[str, set[str]]


def only_members() -> Sees:
    """What is said in an alliance is for its members: no coordinator, no administrator."""
    return {**{name: {"table"} for name in AT_THE_TABLE}, "neighbour": {"other"}}


def and_who_coordinates() -> Sees:
    """Structure: coordinators see that of their area. The coordinating member coordinates the other city."""
    return {
        **only_members(),
        "coordinator": {"table"},
        "coordinating_member": {"table", "other"},
        "administrator": {"table", "other"},
    }


def and_administrators() -> Sees:
    return {**only_members(), "administrator": {"table", "other"}}


def same_for_all(*labels: str) -> Sees:
    return {name: set(labels) for name in EVERYBODY}


def only_oneself() -> Sees:
    return {name: {name} for name in EVERYBODY if name != "nobody"}


# Which rows: the model, how a row is labelled (the path to an alliance or a person), and who sees which labels.
RULES: dict[str, tuple[str, Sees]] = {
    "alliances.Alliance": ("pk", and_who_coordinates()),
    "alliances.Membership": ("alliance_id", and_who_coordinates()),
    "alliances.Invitation": ("alliance_id", and_who_coordinates()),
    "alliances.JournalEntry": ("alliance_id", and_administrators()),
    "alliances.StandIn": ("alliance_id", only_members()),
    "alliances.Proposal": ("alliance_id", only_members()),
    "meetings.YearPlan": ("alliance_id", only_members()),
    "meetings.Meeting": ("alliance_id", only_members()),
    "meetings.Attendance": ("meeting__alliance_id", only_members()),
    "meetings.Habit": ("alliance_id", only_members()),
    "meetings.TensionDate": ("alliance_id", only_members()),
    # Date polls.
    "meetings.DatePoll": ("meeting__alliance_id", only_members()),
    "meetings.PollMoment": ("poll__meeting__alliance_id", only_members()),
    "meetings.PollSeat": ("poll__meeting__alliance_id", only_members()),
    "meetings.PollVote": ("moment__poll__meeting__alliance_id", only_members()),
    "meetings.Theme": ("alliance_id", only_members()),
    # agreements, plans, questions, reports
    # the dinner itself; what people eat is in PEOPLE
    "meetings.Dish": ("meeting__alliance_id", only_members()),
    "meetings.Guest": ("meeting__alliance_id", only_members()),
    "meetings.AgendaPoint": ("meeting__alliance_id", only_members()),
    "meetings.Agreement": ("alliance_id", only_members()),
    "meetings.Owner": ("agreement__alliance_id", only_members()),
    "meetings.ActionPlan": ("alliance_id", only_members()),
    "meetings.Consent": ("plan__alliance_id", only_members()),
    "meetings.JointQuestion": ("alliance_id", only_members()),
    "meetings.Report": ("meeting__alliance_id", only_members()),
    "meetings.Correction": ("report__meeting__alliance_id", only_members()),
    "meetings.ReportYes": ("report__meeting__alliance_id", only_members()),
    "meetings.Feedback": ("theme__alliance_id", only_members()),
    "meetings.Discussion": ("theme__alliance_id", only_members()),
    "meetings.ThemePoint": ("meeting__alliance_id", only_members()),
    "meetings.Contribution": ("alliance_id", only_members()),
    "meetings.Scenario": ("theme__alliance_id", only_members()),
    "signals.TensionSignal": ("alliance_id", only_members()),
    "signals.Ladder": ("alliance_id", only_members()),
    "signals.Call": ("alliance_id", and_administrators()),  # that it was, and its state: no content, no people
    "signals.CallRecipient": ("call__alliance_id", only_members()),
    "signals.CallReach": ("pk", {}),  # addresses: nobody but the worker
    "signals.CallStep": ("call__alliance_id", only_members()),
    "signals.CallEvent": ("call__alliance_id", only_members()),
    "signals.Answer": ("recipient__call__alliance_id", only_members()),
    "signals.Remark": ("recipient__call__alliance_id", only_members()),
    "messaging.Incoming": ("provider", {"administrator": {"notify"}}),  # what people wrote: in their table's remarks
    "messaging.WorkerSeen": ("name", same_for_all("worker@test")),
    "messaging.Payload": ("pk", {}),  # holds personal links: nobody but the worker
    "admin.LogEntry": ("user_id", {"administrator": {"administrator"}}),
}
# Who sees which people: table, neighbour and so on are the people of the cast, "rest" the five others at the table.
TABLE = {*AT_THE_TABLE, "rest"}
EVERY_PERSON = {*EVERYBODY, "rest"} - {"nobody"}
PEOPLE: dict[str, tuple[str, Sees]] = {
    "alliances.User": (
        "pk",
        {**only_oneself(), **dict.fromkeys(AT_THE_TABLE, TABLE), "administrator": EVERY_PERSON},
    ),
    "alliances.Coordination": (
        "user_id",
        {
            "coordinator": {"coordinator"},
            "coordinating_member": {"coordinating_member"},
            "administrator": {"coordinator", "coordinating_member"},
        },
    ),
    "messaging.ContactPoint": ("user_id", {**only_oneself(), "administrator": set()}),
    "messaging.QuietHours": ("user_id", only_oneself()),
    # Food wishes may tell faith or health: nobody but oneself, also not at the same table.
    "meetings.FoodWish": ("membership__user_id", {name: {name} for name in (*AT_THE_TABLE, "neighbour")}),
    "meetings.CalendarFeed": ("user_id", only_oneself()),
    "meetings.SummaryChoice": ("user_id", only_oneself()),
    # Messages about a call are seen by everybody at that table, others by who they are to.
    "messaging.Message": (
        "user_id",
        {
            **{name: {*TABLE, "nobody"} for name in AT_THE_TABLE},
            "neighbour": {"neighbour", "nobody"},
            "coordinator": {"nobody"},
            "coordinating_member": {*TABLE, "nobody"},
            "administrator": {*TABLE, "neighbour", "nobody"},
        },
    ),
}
PEOPLE["messaging.Delivery"] = ("message__user_id", PEOPLE["messaging.Message"][1])
# Not of any alliance: who may see them is Django's or allauth's business, and a test below looks at their policies.
ELSEWHERE = {
    "account.EmailAddress",
    "account.EmailConfirmation",
    "alliances.User_groups",
    "alliances.User_user_permissions",
}
OPEN_MODELS = {
    "contenttypes.ContentType",
    "auth.Permission",
    "auth.Group",
    "auth.Group_permissions",
    "sessions.Session",
}
OPEN_MODELS |= {"alliances.Area", "alliances.HouseRules", "meetings.ThemeCategory", "meetings.SchoolHoliday"}


def every_model() -> list[type[models.Model]]:
    return list(apps.get_models(include_auto_created=True))


def test_every_model_has_its_rule():
    """A new model says here who sees it."""
    assert {model._meta.label for model in every_model()} == {*RULES, *PEOPLE, *ELSEWHERE, *OPEN_MODELS}


def as_each(cast: Cast) -> Iterator[str]:
    for name in EVERYBODY:
        with acting_as(None if name == "nobody" else getattr(cast, name)):
            yield name


def seen_as_each(cast: Cast, label: str, path: str, names: dict[Any, str]) -> Sees:
    """Who sees which labels of a model, through its bare manager."""
    model = apps.get_model(label)
    with as_worker():
        assert model._base_manager.exists(), f"make a {label} in tests/world.py, or this test proves nothing"
        labels = {row["pk"]: row["label"] for row in model._base_manager.values("pk", label=models.F(path))}
    sees = {}
    for who in as_each(cast):
        keys = [row.pk for row in model._base_manager.all()]
        sees[who] = {names.get(labels[key], str(labels[key])) for key in keys}
    return sees


def filled(expected: Sees) -> Sees:
    return {name: expected.get(name, set()) for name in EVERYBODY}


@pytest.mark.parametrize("label", RULES)
def test_who_sees_what_of_an_alliance(world: Cast, label: str):
    path, expected = RULES[label]
    names = {world.table.pk: "table", world.other.pk: "other"}
    if label == "admin.LogEntry":
        names = {world.administrator.pk: "administrator"}
    assert seen_as_each(world, label, path, names) == filled(expected)


@pytest.mark.parametrize("label", PEOPLE)
def test_who_sees_what_of_people(world: Cast, label: str):
    path, expected = PEOPLE[label]
    names = {getattr(world, name).pk: name for name in EVERYBODY if name != "nobody"}
    names |= {user.pk: "rest" for user in world.others} | {None: "nobody"}
    assert seen_as_each(world, label, path, names) == filled(expected)


def test_whom_members_ask_is_not_for_the_coordinator(world: Cast):
    with acting_as(world.coordinator):
        assert {invitation.role for invitation in Invitation.objects.all()} == {"police"}


def test_who_left_sees_nothing_any_more(world: Cast):
    with as_worker():
        Membership.objects.filter(user=world.young).update(left_at=world.table.founded_at)
    with acting_as(world.young):
        assert [seat.user_id for seat in Membership.objects.all()] == [world.young.pk]
        for label in RULES.keys() - {"alliances.Membership", "messaging.WorkerSeen"}:
            assert not apps.get_model(label)._base_manager.exists(), label


# --- What a link opens --------------------------------------------------------------------------------------------


def opened(token: str) -> dict[str, int]:
    with acting_as(token):
        every = (*RULES, *PEOPLE)
        counts = {label: apps.get_model(label)._base_manager.count() for label in every}
    return {label: count for label, count in counts.items() if count and label != "messaging.WorkerSeen"}


def test_link_of_a_call_opens_one_recipient_and_no_signal(world: Cast):
    seat = world.seat(world.resident)
    call = make_call(make_signal(world.table), recipients=[seat, world.seat(world.young)])
    with as_worker():
        mine = call.recipients.get(membership=seat)
    assert opened(mine.token) == {"signals.Call": 1, "signals.CallRecipient": 1, "alliances.Membership": 1}


def test_link_of_a_stand_in_opens_also_their_own_line(cast: Cast):
    stand_in = make_stand_in(cast.table, agreed_by=cast.seat(cast.young), user=make_user())
    call = make_call(make_signal(cast.table), recipients=[cast.seat(cast.police)])
    with as_worker():
        mine = make_recipient(call, cast.seat(cast.police), stand_in=stand_in, stands_in=True)
    assert opened(mine.token) == {
        "signals.Call": 1,
        "signals.CallRecipient": 1,
        "alliances.Membership": 1,
        "alliances.StandIn": 1,
    }


def test_link_of_a_reminder_opens_one_answer_and_its_meeting(world: Cast):
    meeting = make_meeting(world.table)
    attendance = make_attendance(meeting, world.seat(world.resident))
    make_attendance(meeting, world.seat(world.young))
    expected = {"meetings.Meeting": 1, "meetings.Attendance": 1, "alliances.Membership": 1}
    assert opened(attendance.token) == expected


def test_link_of_a_guest_opens_one_evening(world: Cast):
    meeting = make_meeting(world.table)
    guest = make_guest(meeting)
    make_guest(meeting)
    assert opened(guest.token) == {"meetings.Meeting": 1, "meetings.Guest": 1}
    with as_worker():
        Guest.objects.filter(pk=guest.pk).update(revoked_at=timezone.now())
    assert opened(guest.token) == {}
    over = make_guest(make_meeting(world.table, timezone.now() - timedelta(days=2)))
    assert opened(over.token) == {}


def test_the_host_gets_counts_and_nobody_else(world: Cast):
    with as_worker():
        meeting = world.table.meetings.get()  # the police member is its host
    for who in (*AT_THE_TABLE, "neighbour", "coordinator", "administrator", None):
        with acting_as(getattr(world, who) if who else None), connection.cursor() as cursor:
            cursor.execute("select wish, people from meetings_food(%s)", [meeting.pk])
            assert cursor.fetchall() == ([("halal", 10)] if who == "police" else []), who


def test_link_of_an_invitation_opens_the_invitation_the_table_and_who_asks(cast: Cast):
    invitation = make_invitation(cast.other, invited_by=cast.neighbour)
    expected = {"alliances.Invitation": 1, "alliances.Alliance": 1, "alliances.User": 1}
    assert opened(invitation.token) == expected


def test_an_unknown_link_opens_nothing(world: Cast):
    assert opened("abcdefghijkm") == {}


# --- The call list ------------------------------------------------------------------------------------------------


def test_numbers_are_shared_while_the_call_list_is_open(cast: Cast):
    call = make_call(make_signal(cast.table, level="urgent"))

    def numbers() -> set[int]:
        with acting_as(cast.police):
            return set(ContactPoint.objects.exclude(user=cast.police).values_list("user_id", flat=True))

    assert numbers() == set()
    with as_worker():
        Call.objects.filter(pk=call.pk).update(call_list_at=call.started_at)
    agreed = {seat.user_id for seat in members(cast.table)} - {cast.police.pk, cast.young.pk}
    assert numbers() == agreed  # the young resident shares no number
    with as_worker():
        Call.objects.filter(pk=call.pk).update(state="stopped", ended_at=call.started_at)
    assert numbers() == set()


# --- Tables, roles and the journal --------------------------------------------------------------------------------


@pytest.mark.django_db
def test_every_table_is_closed_or_says_why_not():
    with connection.cursor() as cursor:
        cursor.execute(
            "select relname, relrowsecurity from pg_class"
            " where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')"
        )
        tables = dict(cursor.fetchall())
    assert {name for name, closed in tables.items() if not closed} == set(OPEN_TABLES)


@pytest.mark.django_db
def test_nothing_shows_rows_without_asking_the_policies():
    """A view of the owner would; so would a definer's function that anybody made without a fixed search path."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from pg_class where relnamespace = 'public'::regnamespace and relkind in ('v', 'm')"
        )
        assert cursor.fetchone() == (0,)
        cursor.execute(
            "select proname from pg_proc"
            " where pronamespace = 'public'::regnamespace and prosecdef and proconfig is null"
        )
        assert cursor.fetchall() == []


@pytest.mark.django_db
def test_web_and_worker_own_nothing_and_cannot_look_past_the_policies():
    with connection.cursor() as cursor:
        cursor.execute("select current_user, session_user")
        assert cursor.fetchone() == ("web", "web")
        cursor.execute(
            "select rolname from pg_roles"
            " where rolname in ('web', 'worker', 'bondgenoten') and (rolsuper or rolbypassrls)"
        )
        assert cursor.fetchall() == []
        cursor.execute("select count(*) from pg_class where pg_get_userbyid(relowner) in ('web', 'worker')")
        assert cursor.fetchone() == (0,)


FORBIDDEN = [
    "set role bondgenoten",
    "set row_security = off; select * from alliances_membership",
    "alter table alliances_membership disable row level security",
    "drop policy seen on alliances_membership",
    "create policy mine on alliances_membership to web using (true)",
    "truncate alliances_membership cascade",
    "truncate alliances_journalentry",
    "alter role web bypassrls",
    "create table public.mine (id integer)",
]


@pytest.mark.parametrize("command", FORBIDDEN)
def test_web_cannot_get_round_it(cast: Cast, command: str):
    with acting_as(cast.police), pytest.raises(ProgrammingError) as refused, transaction.atomic():
        connection.cursor().execute(command)
    assert isinstance(refused.value.__cause__, InsufficientPrivilege)


def journal_as_web(cast: Cast, command: str) -> None:
    with acting_as(cast.police):
        connection.cursor().execute(command)


def journal_as_worker(_cast: Cast, command: str) -> None:
    with as_worker():
        connection.cursor().execute(command)


def journal_as_owner(_cast: Cast, command: str) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("insert into alliances_journalentry (id, at, actor_kind, verb, object_type)"
                       " values (gen_random_uuid(), now(), 'system', 'tested', '')")  # fmt: skip
        cursor.execute(command)


@pytest.mark.parametrize(
    "change", ["update alliances_journalentry set verb = 'x'", "delete from alliances_journalentry"]
)
@pytest.mark.parametrize("who", [journal_as_web, journal_as_worker, journal_as_owner])
def test_nobody_changes_the_journal(world: Cast, who: Callable[[Cast, str], None], change: str):
    alias = "owner" if who is journal_as_owner else "default"
    with pytest.raises((ProgrammingError, IntegrityError)) as refused, transaction.atomic(using=alias):
        who(world, change)
    assert isinstance(refused.value.__cause__, InsufficientPrivilege if alias == "default" else RestrictViolation)
    with as_worker():
        assert JournalEntry.objects.filter(verb="invited").count() == 2
