"""The report: nothing that was typed is lost, who was there betters it, and after seven days it stays."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.db.utils import DatabaseError
from django.utils import timezone

from alliances.models import Alliance, Membership
from alliances.policy import Refused
from meetings import actions, drafting
from meetings.models import AgendaPoint, Attendance, Correction, Discussion, Meeting, Report, ReportYes
from messaging.models import Message, Payload
from tests.acting import acting_as, as_worker, fresh
from tests.make import (
    make_agreement,
    make_alliance,
    make_attendance,
    make_meeting,
    make_report,
    make_theme,
    members,
)

pytestmark = pytest.mark.django_db
LINES = ("discussed", "agreed", "who", "outside", "next")


@pytest.fixture
def table() -> Alliance:
    return make_alliance(members=4)


@pytest.fixture
def seats(table: Alliance) -> list[Membership]:
    return members(table)


@pytest.fixture
def meeting(table: Alliance) -> Meeting:
    return make_meeting(table, timezone.now() - timedelta(days=1))


def texts(**lines: str) -> dict[str, str]:
    return {**dict.fromkeys(LINES, ""), **lines}


def write(meeting: Meeting, by: Membership, began: dict[str, str] | None = None, **lines: str) -> Report:
    with acting_as(by.user):
        return actions.write_report(meeting=meeting, texts=texts(**lines), began=texts(**(began or {})), by=by)


def final(report: Report) -> None:
    """Seven days ago and more: the database keeps what is final, so the row is made anew."""
    with as_worker(), transaction.atomic():
        Report.objects.filter(pk=report.pk).update(
            shared_at=timezone.now() - timedelta(days=8), final_at=timezone.now() - timedelta(days=1)
        )


# --- before it is shared


def test_it_begins_with_what_is_known(table: Alliance, meeting: Meeting, seats: list[Membership]):
    theme = make_theme(table, title="Licht op het pad")
    with as_worker():
        Discussion.objects.create(theme=theme, meeting=meeting)
        AgendaPoint.objects.create(meeting=meeting, key="round", notes="Iedereen sprak.")
    make_agreement(table, seats[0], text="Vraagt om licht", meeting=meeting, due_on=(meeting.starts_at).date())
    make_agreement(table, text="Letten op elkaar", meeting=meeting)
    make_meeting(table, timezone.now() + timedelta(days=40))
    with acting_as(seats[1].user):
        draft = drafting.draft_of(meeting)
        notes = drafting.notes_of(meeting)
    assert draft["discussed"] == "Licht op het pad."
    assert draft["agreed"] == "Vraagt om licht.\nLetten op elkaar."
    assert draft["who"].startswith(f"{seats[0].name}: Vraagt om licht, voor ")
    assert draft["outside"] == ""
    assert draft["next"].endswith(".")
    assert draft["next"]
    assert notes == ["Iedereen sprak."]


def test_two_write_different_lines_and_both_stay(meeting: Meeting, seats: list[Membership]):
    write(meeting, seats[0], discussed="Licht")
    report = write(meeting, seats[1], agreed="Lampen tellen")  # from an empty page of a minute ago
    assert (fresh(report).discussed, fresh(report).agreed) == ("Licht", "Lampen tellen")


def test_two_write_the_same_line_and_the_second_sees_both(meeting: Meeting, seats: list[Membership]):
    write(meeting, seats[0], discussed="Licht")
    with pytest.raises(actions.Overtaken) as overtaken:
        write(meeting, seats[1], discussed="Donker", agreed="Tellen")
    assert overtaken.value.lines == {"discussed": "Licht"}
    report = write(meeting, seats[1], {"discussed": "Licht"}, discussed="Licht en donker", agreed="Tellen")
    assert fresh(report).discussed == "Licht en donker"
    with as_worker():  # the first one reads who changed it, and their own words
        kept = report.corrections.get(line="discussed")
    assert (kept.before, kept.after, kept.by_id) == ("Licht", "Licht en donker", seats[1].pk)


def test_ones_own_second_thoughts_leave_no_trace(meeting: Meeting, seats: list[Membership]):
    write(meeting, seats[0], discussed="Licht")
    report = write(meeting, seats[0], {"discussed": "Licht"}, discussed="Veel licht")
    with as_worker():
        assert not report.corrections.exists()


@pytest.mark.parametrize("when", ["future", "cancelled"])
def test_no_report_before_the_evening_or_of_one_that_was_off(table: Alliance, seats: list[Membership], when: str):
    future = make_meeting(table)
    off = make_meeting(table, timezone.now() - timedelta(days=3), state="cancelled")
    with pytest.raises(Refused, match="eerst eten we samen"):
        write(future if when == "future" else off, seats[0], discussed="Licht")


# --- sharing


def test_sharing_tells_each_other_member_once_without_a_word_of_it(meeting: Meeting, seats: list[Membership]):
    with as_worker():
        Membership.objects.filter(pk=seats[3].pk).update(paused_until=timezone.localdate() + timedelta(days=9))
    write(meeting, seats[0], discussed="Zeldzaamwoord")
    with acting_as(seats[0].user):
        report = actions.share_report(meeting=meeting, by=seats[0])
        with pytest.raises(Refused, match="al gedeeld"):
            actions.share_report(meeting=meeting, by=seats[0])
    assert report.final_at
    assert report.shared_at
    assert report.final_at - report.shared_at == timedelta(days=7)
    with as_worker():
        told = Message.objects.filter(kind="report_shared")
        assert {message.user_id for message in told} == {seats[1].user_id, seats[2].user_id}
        written = b"".join(bytes(row.content) for row in Payload.objects.filter(message__in=told))
    assert b"Zeldzaamwoord" not in written
    assert meeting.alliance.name.encode() not in written


def test_nothing_written_is_nothing_to_share(meeting: Meeting, seats: list[Membership]):
    with acting_as(seats[0].user), pytest.raises(Refused, match="minstens één regel"):
        actions.share_report(meeting=meeting, by=seats[0])
    write(meeting, seats[0])
    with acting_as(seats[0].user), pytest.raises(Refused, match="minstens één regel"):
        actions.share_report(meeting=meeting, by=seats[0])


@pytest.mark.parametrize("state", ["paused", "ended"])
def test_a_table_that_rests_shares_nothing(state: str):
    table = make_alliance(members=3, state=state)
    seat = members(table)[0]
    meeting = make_meeting(table, timezone.now() - timedelta(days=1))
    make_report(meeting, shared=False)
    with acting_as(seat.user), pytest.raises(Refused, match="We sturen nu niets"):
        actions.share_report(meeting=meeting, by=seat)
    with as_worker():
        assert not Message.objects.exists()


def test_who_shares_what_was_shared_meanwhile_loses_no_words(meeting: Meeting, seats: list[Membership]):
    make_report(meeting)
    with pytest.raises(Refused, match="intussen gedeeld"):
        write(meeting, seats[0], discussed="Nog iets")


# --- seven days


def better(meeting: Meeting, by: Membership, text: str, began: str = "We vragen om licht.") -> Report:
    with acting_as(by.user):
        return actions.better_line(meeting=meeting, line="agreed", text=text, began=began, by=by)


def test_who_was_there_betters_a_line_and_the_old_words_stay(meeting: Meeting, seats: list[Membership]):
    for seat, present in zip(seats, [True, True, False, None], strict=True):
        make_attendance(meeting, seat, "coming")
        with as_worker():
            Attendance.objects.filter(meeting=meeting, membership=seat).update(present=present)
    report = make_report(meeting, written_by=seats[0])
    with acting_as(seats[1].user):
        actions.say_right(meeting=meeting, by=seats[1])
        actions.say_right(meeting=meeting, by=seats[1])
    better(meeting, seats[0], "We vragen samen om licht.")
    with as_worker():
        kept = report.corrections.get()
        assert (kept.before, kept.after, kept.by_id) == (
            "We vragen om licht.",
            "We vragen samen om licht.",
            seats[0].pk,
        )
        assert not report.yeses.exists()  # the yes was to other words
    with pytest.raises(PermissionDenied):
        better(meeting, seats[2], "Ik was er niet.")
    with acting_as(seats[3].user), pytest.raises(PermissionDenied):
        actions.say_right(meeting=meeting, by=seats[3])


def test_when_nobody_was_ticked_who_said_yes_was_there(meeting: Meeting, seats: list[Membership]):
    with as_worker():
        assert actions.witnesses(meeting) == {seat.pk for seat in seats}  # nobody said anything: everybody
    make_attendance(meeting, seats[0], "coming")
    make_attendance(meeting, seats[1], "perhaps")
    with as_worker():
        assert actions.witnesses(meeting) == {seats[0].pk}


def test_two_better_the_same_line_and_the_second_sees_both(meeting: Meeting, seats: list[Membership]):
    make_report(meeting)
    better(meeting, seats[0], "Licht op het pad.")
    with pytest.raises(actions.Overtaken) as overtaken:
        better(meeting, seats[1], "Licht bij de school.")
    assert overtaken.value.lines == {"agreed": "Licht op het pad."}
    report = better(meeting, seats[1], "Licht op het pad en bij de school.", "Licht op het pad.")
    with as_worker():
        assert [row.before for row in report.corrections.all()] == ["We vragen om licht.", "Licht op het pad."]


def test_final_is_final_for_every_code_path(meeting: Meeting, seats: list[Membership]):
    report = make_report(meeting, shared=False)
    final(report)
    with pytest.raises(Refused, match="ligt vast"):
        better(meeting, seats[0], "Toch anders.")
    with acting_as(seats[0].user), pytest.raises(Refused, match="ligt vast"):
        actions.say_right(meeting=meeting, by=seats[0])
    with as_worker():
        for attack in (
            lambda: Report.objects.filter(pk=report.pk).update(agreed="Anders"),
            lambda: Report.objects.filter(pk=report.pk).update(final_at=timezone.now() + timedelta(days=9)),
            lambda: Correction.objects.create(report=report, line="agreed", before="a", after="b", by=seats[0]),
            lambda: ReportYes.objects.create(report=report, membership=seats[0]),
        ):
            with pytest.raises(DatabaseError, match="final"), transaction.atomic():
                attack()
    assert fresh(report).agreed == "We vragen om licht."


def test_corrections_stay_and_a_yes_is_ones_own(meeting: Meeting, seats: list[Membership]):
    report = make_report(meeting)
    better(meeting, seats[0], "Anders.")
    with as_worker(), pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Correction.objects.filter(report=report).update(before="Iets anders")
    with acting_as(seats[0].user), pytest.raises(ProgrammingError, match="speaks for themselves"), transaction.atomic():
        ReportYes.objects.create(report=report, membership=seats[1])
    assert connection.in_atomic_block
