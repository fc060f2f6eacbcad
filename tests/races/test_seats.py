"""Ten seats, one for the police: whoever comes at the same moment, and by whatever door."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from alliances.actions import Joining, invite, join
from alliances.actor import open_link, set_actor
from alliances.models import Alliance, HouseRules, Invitation, Membership
from alliances.policy import Refused
from alliances.tokens import fingerprint
from tests.acting import as_worker
from tests.make import make_alliance, make_area, make_coordinator, make_invitation, make_member, make_user, members
from tests.races.conftest import Compete, in_request_of, losers, winners

FULL = "acht plekken voor bewoners zijn bezet of gevraagd"
TAKEN = {"police": "De plek van de politie", "municipality": "De plek van de gemeente"}


def taken_seats(alliance: Alliance) -> int:
    with as_worker():
        open_ones = Invitation.objects.usable(timezone.now()).filter(alliance=alliance).count()
        return open_ones + Membership.objects.active().filter(alliance=alliance).count()


def test_twenty_want_the_last_seat(compete: Compete):
    alliance = make_alliance(members=9)
    people = [seat.user for seat in members(alliance)]

    def ask(number: int) -> Invitation:
        person = people[number % len(people)]
        return in_request_of(
            person,
            lambda: invite(alliance=alliance, role="resident", name=f"Buur {number}", way="link", by=person),
        )

    outcomes = compete(20, ask)
    assert len(winners(outcomes)) == 1
    assert all(isinstance(loser, Refused) and FULL in loser.sentence for loser in losers(outcomes)), outcomes
    assert taken_seats(alliance) == 10


def test_twenty_sit_down_at_once_past_every_form(compete: Compete):
    """A bug or the admin inserts rows without asking anything: the database holds."""
    alliance = make_alliance(members=9)
    newcomers = [make_user() for _ in range(20)]

    def sit(number: int) -> Membership:
        return make_member(alliance, newcomers[number])

    outcomes = compete(20, sit)
    assert len(winners(outcomes)) == 1
    assert all(isinstance(loser, IntegrityError) and "eight seats" in str(loser) for loser in losers(outcomes)), (
        outcomes
    )
    assert taken_seats(alliance) == 10


def test_two_ask_for_the_police_seat(compete: Compete):
    area = make_area()
    alliance = make_alliance(area=area, state="forming")
    coordinators = [make_coordinator(area), make_coordinator(area)]
    for role in ("police", "municipality"):

        def ask(number: int, role: str = role) -> Invitation:
            person = coordinators[number]
            return in_request_of(
                person, lambda: invite(alliance=alliance, role=role, name=f"Collega {number}", way="link", by=person)
            )

        outcomes = compete(2, ask)
        assert len(winners(outcomes)) == 1
        (loser,) = losers(outcomes)
        assert isinstance(loser, Refused)
        assert TAKEN[role] in loser.sentence
    assert taken_seats(alliance) == 2


def joining(number: int) -> Joining:
    mobile = f"+3162000{number:04d}"
    with as_worker():
        rules = HouseRules.objects.latest("version")
    return Joining(
        name=f"Buur {number}",
        word=f"woord {number}",
        rules=rules,
        mobile=mobile,
        message_by={"mobile"},
        verified={mobile},
    )


def test_two_people_use_one_link(compete: Compete):
    """A link was shared with two people, and there are seats enough: still only one of them joins by it."""
    alliance = make_alliance(members=3)
    token = make_invitation(alliance).token

    def step_in(number: int) -> Any:
        with transaction.atomic():
            set_actor("anonymous")
            open_link(fingerprint(token))
            invitation = Invitation.objects.get(token_hash=fingerprint(token))
            return join(invitation=invitation, joining=joining(number))

    outcomes = compete(8, step_in)
    assert len(winners(outcomes)) == 1
    assert all(isinstance(loser, Refused) for loser in losers(outcomes)), outcomes
    assert taken_seats(alliance) == 4


def test_joining_while_somebody_else_is_asked(compete: Compete):
    """An open invitation holds its seat: nine sit, one is asked, and nobody can take that seat meanwhile."""
    alliance = make_alliance(members=9)
    member = members(alliance)[2].user
    token = make_invitation(alliance).token

    def step(number: int) -> Any:
        if number % 2:
            return in_request_of(
                member, lambda: invite(alliance=alliance, role="resident", name="Nog iemand", way="link", by=member)
            )
        with transaction.atomic():
            set_actor("anonymous")
            open_link(fingerprint(token))
            return join(invitation=Invitation.objects.get(token_hash=fingerprint(token)), joining=joining(number))

    outcomes = compete(10, step)
    assert [type(outcome) for outcome in winners(outcomes)] == [Membership]
    assert all(isinstance(loser, Refused) for loser in losers(outcomes)), outcomes
    assert taken_seats(alliance) == 10


def test_residents_never_take_the_seats_of_the_professionals(db: None):
    """Eight residents and nobody else: the ninth is refused, the police and the municipality still find their seats."""
    alliance = make_alliance(members=[], state="forming")
    for _ in range(8):
        make_member(alliance, make_user(), role="resident")
    with pytest.raises(IntegrityError, match="eight seats"), transaction.atomic():
        make_member(alliance, make_user(), role="resident")
    make_member(alliance, make_user(), role="police")
    make_member(alliance, make_user(), role="municipality")
    assert taken_seats(alliance) == 10
