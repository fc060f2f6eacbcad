"""Who can be reached: known at the table, as channels, and nowhere else."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from alliances.models import Alliance, Membership, User
from alliances.reach import Reachability, reachability
from messaging.models import ContactPoint
from tests.acting import acting_as, as_worker, browser
from tests.cast import Cast
from tests.make import MAIL, SMS, VOICE, make_alliance, make_meeting, make_member, make_user
from tests.stories.looking import nl

pytestmark = pytest.mark.django_db
KEYS = {"p256dh": "x", "auth": "y"}


def reach_of(table: Alliance, user: User, *, seen_by: User | None = None) -> Reachability:
    with as_worker():
        seat = Membership.objects.get(alliance=table, user=user)
    with acting_as(seen_by or user):
        return reachability(table.pk)[seat.pk]


def change(user: User, kind: str, **fields: object) -> None:
    with as_worker():
        assert ContactPoint.objects.filter(user=user, kind=kind).update(**fields)


def test_channels_of_everybody_in_one_query(cast: Cast):
    with acting_as(cast.resident), CaptureQueriesContext(connection) as captured:
        found = reachability(cast.table.pk)
    assert len(captured.captured_queries) == 1
    assert set(found) == {seat.pk for seat in cast.seats.values() if seat.alliance_id == cast.table.pk}
    assert found[cast.seat(cast.police).pk] == Reachability(
        channels=frozenset({"mail", "sms"}), working=frozenset({"mail", "sms"}), phones=True
    )
    assert found[cast.seat(cast.young).pk] == Reachability(channels=frozenset({"sms"}), working=frozenset({"sms"}))


@pytest.mark.parametrize("who", ["coordinator", "administrator", "neighbour", "stranger", "coordinating_member"])
def test_who_sits_elsewhere_gets_nothing(cast: Cast, who: str):
    table = cast.other if who == "coordinating_member" else cast.table  # coordinates the other one, without a seat
    with acting_as(getattr(cast, who)):
        assert reachability(table.pk) == {}


def test_nobody_gets_nothing(cast: Cast):
    with acting_as(None):
        assert reachability(cast.table.pk) == {}


def test_who_left_is_not_in_it_and_sees_nothing(cast: Cast):
    with as_worker():
        Membership.objects.filter(user=cast.young).update(left_at=timezone.now())
    with acting_as(cast.young):
        assert reachability(cast.table.pk) == {}
    with acting_as(cast.resident):
        assert cast.seat(cast.young).pk not in reachability(cast.table.pk)


def test_voice_landline_and_push():
    member = make_user(by=(SMS, VOICE))
    table = make_alliance(members=[member])
    with as_worker():
        ContactPoint.objects.create(user=member, kind="landline", address="+31301234567", on_call_list=True)
        ContactPoint.objects.create(
            user=member,
            kind="push",
            address="https://push.example/1",
            keys=KEYS,
            verified_at=timezone.now(),
            may_message=True,
        )
    assert reach_of(table, member).channels == {"sms", "voice", "push"}
    with acting_as(member):
        (found,) = reachability(table.pk, only=["mail", "sms"]).values()
    assert found.channels == {"sms"}


def test_what_was_not_verified_or_not_allowed_does_not_count():
    member = make_user(by=(MAIL, SMS))
    table = make_alliance(members=[member])
    change(member, "email", may_message=False)
    change(member, "mobile", may_message=False, verified_at=None)
    found = reach_of(table, member)
    assert (found.channels, found.reachable, found.phones) == (frozenset(), False, True)


def test_stop_is_seen():
    member = make_user(by=(SMS,))
    table = make_alliance(members=[member])
    change(member, "mobile", stopped_at=timezone.now())
    found = reach_of(table, member)
    assert (found.channels, found.stopped, found.reachable) == (frozenset(), True, False)


def test_what_fails_is_tried_and_does_not_count_as_working():
    member = make_user(by=(MAIL,))
    table = make_alliance(members=[member])
    change(member, "email", failed_at=timezone.now(), failure="no such mailbox")
    found = reach_of(table, member)
    assert found == Reachability(channels=frozenset({"mail"}), failing=True)
    assert not found.reachable


def test_somebody_without_any_address_is_there_and_cannot_be_reached():
    member, silent = make_user(), make_user(by=(MAIL,))
    table = make_alliance(members=[member])
    make_member(table, silent)
    with as_worker():
        ContactPoint.objects.filter(user=silent).delete()
    assert reach_of(table, silent, seen_by=member) == Reachability()


# --- What the table sees --------------------------------------------------------------------------------------------


def page_of(reader: User, table: Alliance) -> str:
    return browser(reader).get(reverse("alliances:alliance", args=[table.uuid])).content.decode()


def test_a_table_that_is_reached_is_told_nothing(cast: Cast):
    page = page_of(cast.resident, cast.table)
    assert nl("We reach everybody at the table when it is urgent.") in page
    assert nl("Put it right") not in page


def test_everybody_at_the_table_sees_whom_we_do_not_reach(cast: Cast):
    change(cast.young, "mobile", stopped_at=timezone.now())
    change(cast.municipality, "mobile", stopped_at=timezone.now())
    change(cast.municipality, "email", failed_at=timezone.now())
    page = page_of(cast.resident, cast.table)
    assert "We bereiken 8 van de 10" in page
    assert "Sem is nu niet te bereiken." in page
    assert "Gebiedsmanager Ans is nu alleen te bellen." in page
    assert cast.municipality.email not in page
    assert nl("Put it right") not in page


def test_who_is_not_reached_sees_it_on_the_tables_page(cast: Cast):
    change(cast.young, "mobile", failed_at=timezone.now())
    page = page_of(cast.young, cast.table)
    assert nl("We cannot reach you now") in page
    assert "Sem is nu niet te bereiken." not in page


def test_one_way_that_fails_is_between_the_member_and_us(cast: Cast):
    change(cast.police, "email", failed_at=timezone.now())
    assert nl("A way to reach you does not work") in page_of(cast.police, cast.table)
    assert "We bereiken 9 van de 10" not in page_of(cast.resident, cast.table)


def test_a_number_that_nobody_here_texts_reaches_nobody(cast: Cast, settings: Any):
    settings.SMS_PROVIDERS = []
    assert nl("We cannot reach you now") in page_of(cast.resident, cast.table)


def test_who_has_a_break_is_left_alone(cast: Cast):
    change(cast.young, "mobile", failed_at=timezone.now())
    with as_worker():
        Membership.objects.filter(user=cast.young).update(paused_until=timezone.localdate() + timedelta(days=9))
    assert "We bereiken 9 van de 10" not in page_of(cast.resident, cast.table)
    assert nl("We cannot reach you now") not in page_of(cast.young, cast.table)


def test_the_host_of_the_dinner_sees_whom_to_tell(cast: Cast):
    change(cast.young, "mobile", failed_at=timezone.now())
    meeting = make_meeting(cast.table, host=cast.seat(cast.resident))
    path = reverse("meetings:meeting", args=[meeting.uuid])
    assert "Sem is nu niet te bereiken." in browser(cast.resident).get(path).content.decode()
    assert "Sem is nu niet te bereiken." not in browser(cast.police).get(path).content.decode()
