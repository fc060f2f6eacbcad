"""Who is told that their day has come; and the silence of a table that pauses or has stopped."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from alliances.actions import propose, resume_alliance, second
from alliances.actions.tidying import tidy_up
from alliances.models import Alliance, JournalEntry, Membership, Proposal
from alliances.policy import Refused
from meetings import actions
from meetings.models import Meeting, Owner
from meetings.tasks import mind_owners, send_reminders
from messaging.models import Delivery, Message, Payload
from tests.acting import acting_as, as_worker, fresh
from tests.make import make_agreement, make_alliance, make_meeting, make_theme, members

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
LATER = TODAY + timedelta(days=30)


@pytest.fixture
def table() -> Alliance:
    return make_alliance(members=4)


@pytest.fixture
def seats(table: Alliance) -> list[Membership]:
    return members(table)


def beat(at: datetime | None = None) -> int:
    """What the clock does, at a moment."""
    at = at or timezone.now()
    with as_worker():
        rows = list(actions.owners_to_mind(at).values_list("pk", flat=True))
        return sum(actions.mind(owner_id=key, at=at) for key in rows)


def told(kind: str = "agreement_due") -> list[int | None]:
    with as_worker():
        return list(Message.objects.filter(kind=kind).order_by("pk").values_list("user", flat=True))


def waiting() -> set[str]:
    """The kinds of what is still to be sent."""
    with as_worker():
        return set(Delivery.objects.filter(state="due").values_list("message__kind", flat=True))


def noon(day: int) -> datetime:
    """Noon in Amsterdam, so many days from today."""
    return timezone.localtime().replace(hour=12, minute=0) + timedelta(days=day)


# --- the day of an agreement


def test_only_the_owner_who_said_yes_is_told_and_once(table: Alliance, seats: list[Membership]):
    make_agreement(table, seats[0], due_on=TODAY)
    make_agreement(table, seats[1], said=None, due_on=TODAY)
    make_agreement(table, due_on=TODAY)
    make_agreement(table, seats[2])
    assert beat(noon(-1)) == 0
    assert beat(noon(0)) == 1
    assert [beat(noon(day)) for day in (0, 1, 3, 6)] == [0, 0, 0, 0]
    assert told() == [seats[0].user_id]


def test_another_day_does_not_tell_again(table: Alliance, seats: list[Membership]):
    made = make_agreement(table, seats[0], text="Licht", due_on=TODAY)
    assert beat(noon(0)) == 1
    with acting_as(seats[0].user):
        actions.change_agreement(
            agreement=made, text="Licht", due_on=TODAY + timedelta(days=5), owners=[seats[0]], by=seats[0]
        )
    assert beat(noon(5)) == 0


@pytest.mark.parametrize("state", ["paused", "ended"])
def test_a_table_that_rests_tells_nobody(state: str):
    resting = make_alliance(members=3, state=state)
    make_agreement(resting, members(resting)[0], due_on=TODAY)
    assert beat(noon(0)) == 0
    with as_worker():  # held by the action too, whoever chose the row
        key = Owner.objects.get().pk
        assert not actions.mind(owner_id=key, at=noon(0))


def test_who_takes_a_break_or_left_is_not_told(table: Alliance, seats: list[Membership]):
    for seat in seats[:2]:
        make_agreement(table, seat, due_on=TODAY)
    with as_worker():
        Membership.objects.filter(pk=seats[0].pk).update(paused_until=TODAY + timedelta(days=3))
        Membership.objects.filter(pk=seats[1].pk).update(left_at=timezone.now())
    assert beat(noon(0)) == 0
    with as_worker():
        Membership.objects.filter(pk=seats[0].pk).update(paused_until=TODAY)
    assert beat(noon(1)) == 1  # back within the week


def test_not_at_night(table: Alliance, seats: list[Membership]):
    make_agreement(table, seats[0], due_on=TODAY)
    late = timezone.localtime().replace(hour=23, minute=30) + timedelta(days=1)
    assert beat(late) == 1
    with as_worker():
        delivery = Delivery.objects.filter(message__kind="agreement_due")[0]
    assert timezone.localtime(delivery.due_at).hour == 7


def test_closed_before_it_went_is_never_sent(table: Alliance, seats: list[Membership]):
    made = make_agreement(table, seats[0], due_on=TODAY)
    beat(noon(0))
    with acting_as(seats[0].user):
        actions.close_agreement(agreement=made, state="done", outcome="", by=seats[0])
    assert "agreement_due" not in waiting()


def test_nobody_gets_more_than_a_years_worth(table: Alliance, seats: list[Membership]):
    with as_worker():
        for n in range(25):
            message = Message.objects.create(
                user=seats[0].user, kind="meeting_reminder", created_at=timezone.now(), dedupe_key=f"x{n}"
            )
            payload = Payload.objects.create(
                message=message, channel="mail", address="x@voorbeeld.example", content=b""
            )
            Delivery.objects.create(
                message=message, payload=payload, channel="mail", due_at=timezone.now(), state="sent",
                sent_at=timezone.now(),
            )  # fmt: skip
    make_agreement(table, seats[0], due_on=TODAY)
    assert beat(noon(0)) == 0


def test_the_message_names_nothing(table: Alliance, seats: list[Membership]):
    make_agreement(table, seats[0], text="Zeldzaamwoord", due_on=TODAY)
    beat(noon(0))
    with as_worker():
        written = b"".join(bytes(row.content) for row in Payload.objects.all())
    assert b"Zeldzaamwoord" not in written
    assert table.name.encode() not in written
    assert "zover" in written.decode()


# --- pausing


def decide(table: Alliance, kind: str, until: object = None) -> None:
    """Two voices of different roles."""
    police, _municipality, resident, *_rest = members(table)
    with acting_as(resident.user):
        proposal = propose(kind=kind, by=resident, until=until)  # type: ignore[arg-type]  # a day or nothing
    with acting_as(police.user):
        second(proposal=proposal, by=police)


def reminders_waiting(table: Alliance, seats: list[Membership]) -> None:
    """Something that is written and not sent: of an evening and of an agreement, kept over the night."""
    make_meeting(table, timezone.now() + timedelta(days=2))
    make_agreement(table, seats[0], due_on=TODAY - timedelta(days=1))
    with as_worker():
        send_reminders()
    assert beat(noon(0)) == 1
    with as_worker():
        Delivery.objects.update(state="due", due_at=timezone.now() + timedelta(hours=5))
    assert waiting() == {"meeting_reminder", "agreement_due"}


def test_a_pause_is_told_to_each_and_then_it_is_still(table: Alliance, seats: list[Membership]):
    reminders_waiting(table, seats)
    make_agreement(table, seats[1], due_on=TODAY + timedelta(days=2))
    decide(table, "pause", LATER)
    assert sorted(told("pause")) == sorted(seat.user_id for seat in seats)
    assert waiting() == {"pause"}
    with as_worker():
        before = Message.objects.count()
        assert send_reminders() == 0
        assert mind_owners() == 0
    assert beat(noon(3)) == 0
    with as_worker():
        assert Message.objects.count() == before
        assert Meeting.objects.get(alliance=table).state == "planned"  # it may go on before


def test_after_a_pause_what_passed_sends_nothing(table: Alliance, seats: list[Membership]):
    make_meeting(table, timezone.now() - timedelta(days=3), kind="extra")
    make_agreement(table, seats[0], due_on=TODAY - timedelta(days=10))
    decide(table, "pause", LATER)
    with as_worker():
        before = Message.objects.count()
        paused = Alliance.objects.get(pk=table.pk)
    with acting_as(seats[0].user):
        resume_alliance(alliance=paused, by=seats[0])
    with as_worker():
        assert send_reminders() == 0
        assert mind_owners() == 0
        assert Message.objects.count() == before


# --- stopping


def test_stopping_thanks_each_once_and_calls_off_what_was_planned(table: Alliance, seats: list[Membership]):
    reminders_waiting(table, seats)
    with as_worker():
        meeting = Meeting.objects.get(alliance=table)
    theme = make_theme(table, state="agenda", meeting=meeting)
    with as_worker():
        Membership.objects.filter(pk=seats[3].pk).update(paused_until=LATER)
    decide(table, "end")
    assert sorted(told("alliance_ended")) == sorted(seat.user_id for seat in seats[:3])  # who pauses was promised so
    assert told("meeting_cancelled") == []
    assert waiting() == {"alliance_ended"}
    assert (fresh(meeting).state, fresh(meeting).sequence) == ("cancelled", 1)
    assert fresh(theme).state == "proposed"
    with as_worker():
        before = Message.objects.count()
        send_reminders()
        mind_owners()
        tidy_up()
        assert Message.objects.count() == before


def test_the_last_day_leaves_time_for_a_last_dinner(table: Alliance, seats: list[Membership]):
    decide(table, "end", LATER)
    assert fresh(table).state == "active"
    assert told("alliance_ended") == []
    last = make_meeting(table, timezone.now() + timedelta(days=20), kind="extra")
    with acting_as(seats[0].user), pytest.raises(Refused, match="al besloten"):
        propose(kind="end", by=seats[0])
    with as_worker():
        tidy_up()
        assert fresh(table).state == "active"
        Meeting.objects.filter(pk=last.pk).update(
            starts_at=timezone.now() - timedelta(days=2), ends_at=timezone.now() - timedelta(days=1)
        )
        Proposal.objects.filter(alliance=table).update(until=TODAY)
        tidy_up()
        tidy_up()
    assert fresh(table).state == "ended"
    assert len(told("alliance_ended")) == 4
    assert fresh(last).state == "planned"  # it was held
    with as_worker():
        assert JournalEntry.objects.filter(verb="ended_by_itself").count() == 1


def test_the_last_day_is_still_to_come(seats: list[Membership]):
    with acting_as(seats[0].user), pytest.raises(Refused, match="na vandaag"):
        propose(kind="end", by=seats[0], until=TODAY)
