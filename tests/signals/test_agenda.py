"""A signal to keep an eye on is talked about at the next dinner, until something is done with it."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from meetings.models import Meeting
from signals import actions
from tests.acting import acting_as, as_worker
from tests.cast import Cast
from tests.make import make_meeting
from tests.signals.calling import raise_for
from tests.signals.reading import SignIn


def agenda(sign_in: SignIn, cast: Cast, meeting: Meeting) -> str:
    return sign_in(cast.police).get(reverse("meetings:meeting", args=[meeting.uuid])).content.decode()


def test_it_stands_on_the_next_agenda_until_it_is_closed(cast: Cast, sign_in: SignIn):
    meeting = make_meeting(cast.table)
    signal = raise_for(cast, cast.resident, level="watch")
    assert signal.text in agenda(sign_in, cast, meeting)
    with acting_as(cast.young):
        actions.close(signal=signal, by=cast.seat(cast.young), outcome="We spraken met de winkel.")
    assert signal.text not in agenda(sign_in, cast, meeting)


def test_raised_before_an_evening_was_planned_it_comes_on_the_first(cast: Cast, sign_in: SignIn):
    with as_worker():
        Meeting.objects.all().delete()
    signal = raise_for(cast, cast.resident, level="watch")
    assert signal.meeting is None
    assert signal.text in agenda(sign_in, cast, make_meeting(cast.table))


def test_what_an_evening_left_open_comes_back(cast: Cast, sign_in: SignIn):
    signal = raise_for(cast, cast.resident, level="watch")
    past = timezone.now() - timedelta(days=3)
    with as_worker():
        Meeting.objects.filter(pk=signal.meeting_id).update(starts_at=past, ends_at=past + timedelta(hours=2))
    assert signal.text in agenda(sign_in, cast, make_meeting(cast.table))
