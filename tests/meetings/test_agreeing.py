"""Agreements, plans and questions: who is bound, what stays, and what the database refuses."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from alliances.models import Alliance, JournalEntry, Membership
from alliances.policy import Refused
from meetings import actions, agreed
from meetings.models import Agreement, Consent, Contribution, Feedback, JointQuestion, Owner
from tests.acting import acting_as, as_worker, fresh
from tests.make import (
    make_agreement,
    make_alliance,
    make_meeting,
    make_plan_of_action,
    make_question,
    make_theme,
    members,
)

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def table() -> Alliance:
    return make_alliance(members=4)


@pytest.fixture
def seats(table: Alliance) -> list[Membership]:
    return members(table)


def line(agreement: Agreement, reader: Membership | None = None) -> agreed.Line:
    with as_worker():
        row = Agreement.objects.with_owners().get(pk=agreement.pk)
        return agreed.line_of(row, TODAY, reader)


# --- an own yes


def test_naming_oneself_is_a_yes_and_naming_another_is_a_question(table: Alliance, seats: list[Membership]):
    me, other, *_rest = seats
    with acting_as(me.user):
        made = actions.make_agreement(alliance=table, text="Lampen tellen", owners=[me, other], by=me)
    said = line(made, other)
    assert said.sentence == f"Wacht op ja van {other.name}."
    assert (said.asked, said.bound, said.who) == (True, False, f"{me.name} en {other.name}")
    with acting_as(other.user):
        actions.say_yes(agreement=made, by=other)
    assert line(made, other).sentence == "Loopt."
    assert line(made, other).bound
    with as_worker():
        assert list(JournalEntry.objects.filter(object=made.uuid).values_list("verb", flat=True)) != []


def test_nobody_says_yes_for_another(seats: list[Membership], table: Alliance):
    me, owner, *_rest = seats
    made = make_agreement(table, owner, said=None)
    with acting_as(me.user), pytest.raises(PermissionDenied):
        actions.say_yes(agreement=made, by=me)
    with acting_as(me.user), pytest.raises(ProgrammingError, match="only the owner says yes"), transaction.atomic():
        Owner.objects.filter(agreement=made).update(yes_at=timezone.now())
    with acting_as(me.user), pytest.raises(ProgrammingError, match="only the owner says yes"), transaction.atomic():
        Owner.objects.create(agreement=make_agreement(table), membership=owner, number=1, yes_at=timezone.now())


def test_who_cannot_says_so_and_may_come_back(seats: list[Membership], table: Alliance):
    owner = seats[1]
    made = make_agreement(table, owner, said=None)
    with acting_as(owner.user):
        actions.say_no(agreement=made, by=owner)
        assert line(made).sentence == f"{owner.name} kan het niet doen. Wie wel?"
        actions.say_yes(agreement=made, by=owner)
    assert line(made).sentence == "Loopt."


def test_who_left_does_it_no_more(seats: list[Membership], table: Alliance):
    made = make_agreement(table, seats[1])
    with as_worker():
        Membership.objects.filter(pk=seats[1].pk).update(left_at=timezone.now())
    assert line(made).sentence == f"{seats[1].name} kan het niet doen. Wie wel?"


def test_at_most_two_and_nobody_is_all_of_us(seats: list[Membership], table: Alliance):
    with acting_as(seats[0].user):
        with pytest.raises(Refused, match="één of twee"):
            actions.make_agreement(alliance=table, text="Samen lopen", owners=seats[:3], by=seats[0])
        made = actions.make_agreement(alliance=table, text="Samen lopen", by=seats[0])
    assert line(made).who == "Wij allemaal"
    third = make_agreement(table, *seats[:2])
    with as_worker(), pytest.raises(IntegrityError), transaction.atomic():
        Owner.objects.create(agreement=third, membership=seats[2], number=3)


def test_another_day_asks_the_others_again_and_keeps_ones_own(seats: list[Membership], table: Alliance):
    me, other, *_rest = seats
    made = make_agreement(table, me, other, text="Licht vragen")
    with acting_as(me.user):
        actions.change_agreement(
            agreement=made, text="Licht vragen", due_on=TODAY + timedelta(days=3), owners=[me, other], by=me
        )
    said = line(made)
    assert said.sentence.startswith(f"Wacht op ja van {other.name}, voor ")
    with acting_as(me.user):  # nothing changed: nobody is asked again
        actions.say_no(agreement=made, by=me)
        before = fresh(made).due_on
        actions.change_agreement(agreement=made, text="Licht vragen", due_on=before, owners=[me, other], by=me)
    with as_worker():
        assert Owner.objects.filter(agreement=made, membership=me, no_at__isnull=False).exists()


def test_somebody_else_of_the_two_keeps_the_yes_of_who_stays(seats: list[Membership], table: Alliance):
    first, second, third, _last = seats
    made = make_agreement(table, first, second, text="Licht vragen")
    with acting_as(third.user):
        actions.change_agreement(agreement=made, text="Licht vragen", due_on=None, owners=[second, third], by=third)
    with as_worker():
        rows = dict(made.owners.values_list("membership", "yes_at"))
    assert set(rows) == {second.pk, third.pk}
    assert all(rows.values())


# --- how it stands


def test_late_is_told_as_a_fact(table: Alliance, seats: list[Membership]):
    late = make_agreement(table, seats[0], due_on=TODAY - timedelta(days=1))
    today = make_agreement(table, seats[0], due_on=TODAY)
    assert line(late).late
    assert line(late).sentence.startswith("Nog niet gedaan, was voor ")
    assert not line(today).late
    assert line(make_agreement(table, seats[0], said=None, due_on=TODAY - timedelta(days=1))).late


def test_closing_says_what_came_of_it_and_tells_who_raised_the_theme(table: Alliance, seats: list[Membership]):
    theme = make_theme(table, raised_by=seats[1])
    made = make_agreement(table, seats[0], theme=theme)
    with acting_as(seats[0].user):
        with pytest.raises(Refused, match="waarom het niet lukte"):
            actions.close_agreement(agreement=made, state="failed", outcome="", by=seats[0])
        actions.close_agreement(
            agreement=made, state="failed", outcome="Er was geen geld.", told="Er komt geen licht.", by=seats[0]
        )
        with pytest.raises(Refused, match="al afgesloten"):
            actions.close_agreement(agreement=made, state="done", outcome="", by=seats[0])
    assert line(made).sentence == "Niet gelukt, omdat: Er was geen geld."
    with as_worker():
        assert Feedback.objects.get(theme=theme).text == "Er komt geen licht."
    with acting_as(seats[2].user):
        actions.reopen_agreement(agreement=made, by=seats[2])
    assert line(made).sentence == "Loopt."
    with as_worker(), pytest.raises(IntegrityError, match="failed_says_because"), transaction.atomic():
        Agreement.objects.filter(pk=made.pk).update(state="failed", closed_at=timezone.now())


def test_a_thing_of_another_table_is_not_for_here(table: Alliance, seats: list[Membership]):
    elsewhere = make_alliance(members=3)
    with acting_as(seats[0].user):
        for more in (
            {"theme": make_theme(elsewhere)},
            {"plan": make_plan_of_action(elsewhere)},
            {"meeting": make_meeting(elsewhere)},
            {"owners": members(elsewhere)[:1]},
        ):
            with pytest.raises(PermissionDenied):
                actions.make_agreement(alliance=table, text="Licht", by=seats[0], **more)


def test_after_the_end_nothing_is_agreed(seats: list[Membership]):
    ended = make_alliance(members=3, state="ended")
    seat = members(ended)[0]
    plan, question = make_plan_of_action(ended), make_question(ended)
    with acting_as(seat.user):
        for act in (
            lambda: actions.make_agreement(alliance=ended, text="Licht", by=seat),
            lambda: actions.make_plan_of_action(alliance=ended, title="x", text="y", review_on=TODAY, by=seat),
            lambda: actions.ask_together(alliance=ended, to="x", text="y", asked_on=TODAY, by=seat),
            lambda: actions.say_seat(offers="x", needs="", by=seat),
        ):
            with pytest.raises(Refused, match="gestopt"):
                act()
    assert (plan.alliance, question.alliance) == (ended, ended)


def test_open_agreements_are_one_query_whatever_their_number(table: Alliance, seats: list[Membership]):
    theme = make_theme(table)
    for days in range(12):
        make_agreement(table, *seats[:2], theme=theme, due_on=TODAY + timedelta(days=days % 5), text=f"Nr {days}")
    make_agreement(table, state="done", closed_at=timezone.now())
    with acting_as(seats[0].user), CaptureQueriesContext(connection) as captured:
        found = agreed.open_agreements(table)
        said = [(agreed.line_of(one, TODAY, seats[0]).who, one.theme.title) for one in found if one.theme]
    assert len(captured) == 1
    assert len(said) == len(found) == 12
    assert [one.due_on for one in found] == sorted(one.due_on for one in found if one.due_on)


# --- plans


def test_an_objection_says_why_stands_first_and_stops_nothing(table: Alliance, seats: list[Membership]):
    me, other, third, _last = seats
    with acting_as(me.user):
        plan = actions.make_plan_of_action(
            alliance=table, title="Veilig pad", text="We lopen samen.", review_on=TODAY + timedelta(days=30), by=me
        )
    with acting_as(other.user):
        with pytest.raises(Refused, match="Schrijf wat je bezwaar is"):
            actions.say_to_plan(plan=plan, value="object", why="", by=other)
        with pytest.raises(Refused, match="Kies wat"):
            actions.say_to_plan(plan=plan, value="maybe", why="", by=other)
        actions.say_to_plan(plan=plan, value="object", why="Te laat op de avond.", by=other)
    with acting_as(third.user):
        actions.say_to_plan(plan=plan, value="live", why="", by=third)
        actions.say_to_plan(plan=plan, value="live", why="Maar niet in de regen.", by=third)
    with as_worker():
        consents = list(plan.consents.all())
    assert agreed.plan_sentence(consents, 4) == "1 bezwaar, 1 akkoord, 1 kan ermee leven, 1 zei nog niets."
    with acting_as(me.user):
        actions.change_plan_of_action(
            plan=plan, title="Veilig pad", text="We lopen om zeven uur.", review_on=plan.review_on, by=me
        )
        assert list(plan.consents.values_list("membership", flat=True)) == [me.pk]
        actions.end_plan_of_action(plan=plan, outcome="Het pad is rustiger.", by=me)
        with pytest.raises(Refused, match="al afgesloten"):
            actions.say_to_plan(plan=plan, value="agree", why="", by=me)


def test_nobody_consents_for_another(table: Alliance, seats: list[Membership]):
    plan = make_plan_of_action(table)
    with acting_as(seats[0].user), pytest.raises(ProgrammingError, match="speaks for themselves"), transaction.atomic():
        Consent.objects.create(plan=plan, membership=seats[1], value="agree")


def test_a_plan_asks_to_be_looked_at_again(table: Alliance):
    plan = make_plan_of_action(table, review_on=TODAY)
    assert agreed.review_due(plan, TODAY)
    assert not agreed.review_due(plan, TODAY - timedelta(days=1))


# --- questions and seats


def test_a_question_and_the_promised_day(table: Alliance, seats: list[Membership]):
    me = seats[0]
    with acting_as(me.user):
        with pytest.raises(Refused, match="vóór je vraag"):
            actions.ask_together(
                alliance=table, to="De burgemeester", text="Licht?", asked_on=TODAY,
                promised_on=TODAY - timedelta(days=1), by=me,
            )  # fmt: skip
        question = actions.ask_together(alliance=table, to="De burgemeester", text="Licht?", asked_on=TODAY, by=me)
        assert agreed.question_sentence(question, TODAY) == ("Er is geen dag beloofd voor het antwoord.", False)
        actions.promise_answer(question=question, promised_on=TODAY, by=me)
        now = JointQuestion.objects.get(pk=question.pk)
        assert not agreed.question_sentence(now, TODAY)[1]
        sentence, late = agreed.question_sentence(now, TODAY + timedelta(days=1))
        assert late
        assert sentence.endswith("Het is er nog niet.")
        actions.keep_answer(question=question, answer="In mei.", by=me)
        with pytest.raises(Refused, match="schreef het antwoord al op"):
            actions.keep_answer(question=question, answer="In juni.", by=me)


def test_what_a_seat_brings_and_needs_is_written_by_itself(table: Alliance, seats: list[Membership]):
    me = seats[0]
    with acting_as(me.user):
        actions.say_seat(offers="Sleutels", needs="Een nummer", by=me)
        actions.say_seat(offers="Sleutels van de zaal", needs="", by=me)
    with as_worker():
        rows = list(Contribution.objects.filter(alliance=table).values_list("membership", "kind", "text"))
    assert rows == [(me.pk, "offers", "Sleutels van de zaal")]
