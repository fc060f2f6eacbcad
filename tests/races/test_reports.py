"""Reports and agreements that several people touch at the same moment: nothing lost, nobody bound by another."""

from datetime import timedelta
from typing import Any

from django.db import DatabaseError, IntegrityError, ProgrammingError
from django.utils import timezone

from alliances.policy import Refused
from meetings.actions import (
    Overtaken,
    better_line,
    close_agreement,
    mind,
    say_right,
    say_to_plan,
    say_yes,
    share_report,
    write_report,
)
from meetings.models import Consent, Correction, Owner, Report, ReportYes
from messaging.models import Message
from tests.acting import as_worker, fresh
from tests.make import make_agreement, make_alliance, make_meeting, make_plan_of_action, make_report, members
from tests.races.conftest import Compete, in_request_of, losers, winners

LINES = ("discussed", "agreed", "who", "outside", "next")
EMPTY = dict.fromkeys(LINES, "")


def test_all_begin_the_same_report_and_one_line_is_nobodys_loss(compete: Compete):
    table = make_alliance(members=6)
    seats = members(table)
    meeting = make_meeting(table, timezone.now() - timedelta(days=1))

    def write(number: int) -> Any:
        seat, typed = seats[number], {**EMPTY, "discussed": f"Tekst {number}"}
        return in_request_of(seat.user, lambda: write_report(meeting=meeting, texts=typed, began=EMPTY, by=seat))

    outcomes = compete(6, write)
    assert len(winners(outcomes)) == 1
    assert all(isinstance(loser, Overtaken) for loser in losers(outcomes)), outcomes
    report = fresh(winners(outcomes)[0])
    assert {loser.lines["discussed"] for loser in losers(outcomes) if isinstance(loser, Overtaken)} == {
        report.discussed
    }


def test_all_better_the_same_line_and_each_text_is_kept_or_shown(compete: Compete):
    table = make_alliance(members=6)
    seats = members(table)
    meeting = make_meeting(table, timezone.now() - timedelta(days=1))
    report = make_report(meeting)

    def better(number: int) -> Any:
        seat = seats[number]
        return in_request_of(
            seat.user,
            lambda: better_line(
                meeting=meeting, line="agreed", text=f"Tekst {number}", began="We vragen om licht.", by=seat
            ),
        )

    outcomes = compete(6, better)
    assert len(winners(outcomes)) == 1
    assert all(isinstance(loser, Overtaken) for loser in losers(outcomes)), outcomes
    with as_worker():
        kept = Correction.objects.get(report=report)
    assert (kept.before, kept.after) == ("We vragen om licht.", fresh(report).agreed)


def test_shared_once_and_told_once(compete: Compete):
    table = make_alliance(members=4)
    seats = members(table)
    meeting = make_meeting(table, timezone.now() - timedelta(days=1))
    make_report(meeting, shared=False)
    outcomes = compete(4, lambda n: in_request_of(seats[n].user, lambda: share_report(meeting=meeting, by=seats[n])))
    assert len(winners(outcomes)) == 1
    assert all(isinstance(loser, Refused) for loser in losers(outcomes)), outcomes
    with as_worker():
        told = list(Message.objects.filter(kind="report_shared").values_list("user", flat=True))
    assert len(told) == len(set(told)) == 3


def test_a_final_report_refuses_everybody_at_once(compete: Compete):
    table = make_alliance(members=4)
    seats = members(table)
    meeting = make_meeting(table, timezone.now() - timedelta(days=9))
    report = make_report(meeting, shared_at=timezone.now() - timedelta(days=8))

    def attack(number: int) -> Any:
        seat = seats[number % 4]
        acts = (
            lambda: Report.objects.filter(pk=report.pk).update(agreed="Anders"),
            lambda: Report.objects.filter(pk=report.pk).update(final_at=None),
            lambda: Correction.objects.create(report=report, line="agreed", before="a", after="b", by=seat),
            lambda: ReportYes.objects.create(report=report, membership=seat),
            lambda: better_line(meeting=meeting, line="agreed", text="Anders", began="We vragen om licht.", by=seat),
            lambda: say_right(meeting=meeting, by=seat),
        )
        return in_request_of(seat.user, acts[number % len(acts)])

    outcomes = compete(12, attack)
    assert not winners(outcomes)
    assert all(isinstance(loser, (Refused, DatabaseError)) for loser in losers(outcomes)), outcomes
    with as_worker():
        assert not Correction.objects.exists()
        assert not ReportYes.objects.exists()
    assert fresh(report).agreed == "We vragen om licht."


def test_only_the_owner_says_yes_whoever_tries_at_the_same_time(compete: Compete):
    table = make_alliance(members=6)
    seats = members(table)
    owner = seats[0]
    agreement = make_agreement(table, owner, said=None)

    def attack(number: int) -> Any:
        seat = seats[number]
        if number == 0:
            return in_request_of(owner.user, lambda: say_yes(agreement=agreement, by=owner))
        row = Owner.objects.filter(agreement=agreement)
        return in_request_of(seat.user, lambda: row.update(yes_at=timezone.now() - timedelta(days=number)))

    outcomes = compete(6, attack)
    assert not isinstance(outcomes[0], Exception)
    assert all(isinstance(loser, ProgrammingError) for loser in losers(outcomes)), outcomes
    assert len(losers(outcomes)) == 5


def test_one_word_each_for_a_plan_and_nobody_speaks_for_another(compete: Compete):
    table = make_alliance(members=4)
    seats = members(table)
    plan = make_plan_of_action(table)

    def say(number: int) -> Any:
        seat = seats[0] if number < 4 else seats[number - 4]
        if number < 4:
            return in_request_of(seat.user, lambda: say_to_plan(plan=plan, value="agree", why="", by=seat))
        victim = seats[0] if number > 4 else seats[1]
        return in_request_of(
            seat.user, lambda: Consent.objects.create(plan=plan, membership=victim, value="object", why="Nee")
        )

    outcomes = compete(8, say)
    assert not any(isinstance(outcome, Exception) for outcome in outcomes[:4]), outcomes
    assert all(isinstance(outcome, (ProgrammingError, IntegrityError)) for outcome in outcomes[4:]), outcomes
    with as_worker():
        assert list(Consent.objects.values_list("membership", "value")) == [(seats[0].pk, "agree")]


def test_two_beats_tell_an_owner_once_and_closing_stops_it(compete: Compete):
    table = make_alliance(members=3)
    seats = members(table)
    at = timezone.now()
    agreement = make_agreement(table, seats[0], due_on=timezone.localdate() - timedelta(days=1))
    with as_worker():
        key = agreement.owners.get().pk

    def beat(number: int) -> Any:
        if number == 5:
            seat = seats[1]
            return in_request_of(
                seat.user, lambda: close_agreement(agreement=agreement, state="done", outcome="", by=seat)
            )
        with as_worker():
            return mind(owner_id=key, at=at)

    outcomes = compete(6, beat)
    assert not losers(outcomes), outcomes
    with as_worker():
        messages = list(Message.objects.filter(kind="agreement_due"))
        assert len(messages) <= 1
        assert sum(outcome is True for outcome in outcomes) == len(messages)
        assert all(not message.deliveries.filter(state="due").exists() for message in messages)
