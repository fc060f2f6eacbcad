"""Which ladders can be climbed, and changing them."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from alliances.models import JournalEntry
from alliances.policy import Refused
from signals import actions
from signals.ladder import DEFAULTS, Step, fault_in_quorum, fault_in_steps, pace_of, read, reserve_of, steps_of, written
from signals.models import Ladder
from tests.acting import acting_as, as_worker
from tests.cast import Cast

ALL = frozenset({"push", "mail", "sms", "voice"})
START = Step(0, ("sms",))


@pytest.mark.parametrize("pace", DEFAULTS)
def test_the_usual_ladders_can_be_climbed_by_whoever_has_one_channel(pace: str):
    assert fault_in_steps(DEFAULTS[pace], pace, available=ALL) == ""
    assert read(written(DEFAULTS[pace])) == DEFAULTS[pace]
    assert steps_of(None, pace) == DEFAULTS[pace]


@pytest.mark.parametrize(
    ("steps", "says"),
    [
        ([], "minstens één stap"),
        ([Step(at, ("sms",)) for at in range(13)], "hoogstens 12"),
        ([Step(1, ("sms",))], "eerste stap is meteen"),
        ([Step(0, ("call_list",))], "eerste stap is meteen"),
        ([Step(0, ())], "eerste stap is meteen"),
        ([START, Step(60, ())], "Stap 2: kies minstens één"),
        ([START, Step(60, ("pigeon",))], "Stap 2: de manier “pigeon”"),
        ([START, Step(120, ("sms",)), Step(60, ("sms",))], "Stap 3: die moet later"),
        ([START, Step(0, ("sms",))], "Stap 2: die moet later"),
        ([START, Step(-5, ("sms",))], "Stap 2: die moet later"),
        ([START, Step(48 * 3600 + 1, ("sms",))], "48 uur"),
        ([START, Step(60, ("voice",))], "Stap 2: zo is niemand aan tafel te bereiken"),
    ],
)
def test_what_cannot_be_climbed_says_so(steps: list[Step], says: str):
    assert says in fault_in_steps(steps, "now", available={"mail", "sms"})


def test_a_worry_rings_nobody():
    assert "zorg" in fault_in_steps([START, Step(60, ("voice",))], "worry", available=ALL)
    assert "zorg" in fault_in_steps([START, Step(60, ("call_list",))], "worry", available=ALL)


@pytest.mark.parametrize(
    ("chosen", "says"),
    [
        ({"police": True, "municipality": True, "residents": None}, ""),
        ({"police": True, "municipality": False, "residents": 0}, ""),
        ({"police": False, "municipality": False, "residents": 2}, ""),
        ({"police": True, "municipality": True, "residents": 3}, "2 bewoners"),
        ({"police": True, "municipality": True, "residents": -1}, "onder nul"),
        ({"police": False, "municipality": False, "residents": 0}, "iemand komen"),
    ],
)
def test_a_quorum_fits_the_table(chosen: dict[str, Any], says: str):
    fault = fault_in_quorum(**chosen, at_the_table=["police", "municipality", "resident", "resident"])
    assert says in fault
    assert bool(says) == bool(fault)


def test_how_fast_a_call_goes():
    paces = [pace_of("urgent", "now"), pace_of("urgent", "today"), pace_of("urgent", "soon"), pace_of("worry", "")]
    assert paces == ["now", "later", "later", "worry"]


def test_the_reserve_is_what_later_steps_use_and_last_a_text_message():
    assert reserve_of(DEFAULTS["now"]) == ("voice",)
    assert reserve_of(DEFAULTS["later"]) == ()
    assert reserve_of(DEFAULTS["worry"]) == ("sms",)


def keep(cast: Cast, steps: list[Step], **more: Any) -> Ladder:
    with acting_as(cast.young):
        return actions.keep_ladder(alliance=cast.table, pace="now", steps=steps, by=cast.seat(cast.young), **more)


def test_every_member_changes_the_next_call_and_goes_back(cast: Cast):
    keep(cast, [Step(0, ("mail", "mail")), Step(30, ("sms",))], residents=4)
    ladder = keep(cast, [Step(0, ("mail",)), Step(30, ("sms", "duty"))], police=False)
    assert (ladder.steps[1], ladder.police, ladder.residents) == ({"after": 30, "ways": ["sms", "duty"]}, False, None)
    assert ladder.changed_by == cast.seat(cast.young)
    with acting_as(cast.police):
        assert Ladder.objects.count() == 1
        actions.reset_ladder(alliance=cast.table, pace="now", by=cast.seat(cast.police))
        actions.reset_ladder(alliance=cast.table, pace="now", by=cast.seat(cast.police))
        assert not Ladder.objects.exists()
        verbs = JournalEntry.objects.filter(verb__endswith="_ladder").order_by("at").values_list("verb", flat=True)
        assert list(verbs) == ["changed_ladder", "changed_ladder", "reset_ladder"]


def test_a_channel_that_nobody_has_is_refused(cast: Cast):
    with pytest.raises(Refused, match="niemand"):
        keep(cast, [START, Step(60, ("voice",))])
    with pytest.raises(Refused, match="8 bewoners"):
        keep(cast, [START], residents=9)
    with as_worker():
        assert not Ladder.objects.exists()


def test_a_stranger_changes_nothing(cast: Cast):
    with acting_as(cast.neighbour), pytest.raises(PermissionDenied):
        actions.keep_ladder(alliance=cast.table, pace="now", steps=[START], by=cast.seat(cast.neighbour))
    with acting_as(cast.neighbour), pytest.raises(PermissionDenied):
        actions.reset_ladder(alliance=cast.table, pace="now", by=cast.seat(cast.neighbour))
    with acting_as(cast.young), pytest.raises(Refused):
        actions.reset_ladder(alliance=cast.table, pace="soon", by=cast.seat(cast.young))
