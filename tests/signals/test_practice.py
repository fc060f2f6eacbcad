"""The numbers of a practice, and the pages round it."""

import uuid
from datetime import timedelta

from django.db.models.functions import Now
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from messaging.models import Delivery
from signals.models import Answer, Call, CallEvent, CallRecipient, TensionSignal
from signals.practice import Asked, about, climb, headline, result
from tests.acting import Browser, acting_as, as_worker
from tests.cast import Cast
from tests.make import make_call, make_meeting, make_signal

TEXT = "Stel: er is brand geweest bij het buurthuis."
people = st.lists(st.builds(Asked, after=st.none() | st.floats(-5, 200_000), via=st.sampled_from(["link", "sms"])))


@given(people, st.none() | st.floats(0, 200_000))
def test_nobody_is_lost_or_counted_twice(asked: list[Asked], enough: float | None):
    found = result(asked, enough=enough)
    assert found.asked == len(asked)
    assert found.answered + found.silent == found.asked
    assert sum(count for _via, count in found.ways) == found.answered == len(found.curve)
    assert [number for _seconds, number in found.curve] == list(range(1, found.answered + 1))
    assert list(found.curve) == sorted(found.curve)
    assert (found.half is not None) == (found.answered * 2 >= found.asked > 0)
    if found.half is not None and found.within is not None:
        assert 0 <= found.half <= found.within
    drawn = climb(found)
    assert (drawn is None) == (not found.answered)
    if drawn:
        points = [tuple(map(int, point.split(","))) for point in drawn.line.split()]
        assert all(0 <= x <= drawn.width and 0 <= y <= drawn.height for x, y in points)
        assert points == sorted(points, key=lambda point: point[0])


@given(st.integers(0, 500_000), st.integers(0, 500_000))
def test_a_longer_time_never_sounds_shorter(one: int, other: int):
    units = {"seconde": 1, "seconden": 1, "minuut": 60, "minuten": 60, "uur": 3600}

    def heard(seconds: int) -> int:
        number, unit = about(seconds).split()
        return int(number) * units[unit]

    assert heard(max(one, other)) >= heard(min(one, other))
    assert heard(one) >= one


def test_the_news():
    nine = [Asked(after, "link") for after in (10, 20, 30, 40, 50, 60, 70, 80, 230)]
    found = result([*nine, Asked()], enough=75)
    assert headline(found) == "9 van de 10 in 4 minuten"
    assert (found.half, found.enough, found.silent) == (50, 75, 1)
    assert headline(result([Asked()])) == "Nog niemand heeft geantwoord"


def page(cast: Cast) -> str:
    return reverse("signals:practise", args=[cast.table.uuid])


def test_a_practice_is_begun_once(cast: Cast, sign_in: type[Browser]):
    meeting = make_meeting(cast.table)
    browser = sign_in(cast.police)
    first = browser.get(f"{page(cast)}?etentje={meeting.uuid}").content.decode()
    assert "Je oefent nu met 9 mensen" in first
    assert str(meeting.uuid) in first
    typed = {"text": TEXT, "key": str(uuid.uuid4()), "meeting": str(meeting.uuid)}
    done = browser.post(page(cast), typed)
    assert browser.post(page(cast), typed).url == done.url  # a second tap
    with as_worker():
        call = Call.objects.get()
        signal = TensionSignal.objects.get()
    assert done.url == reverse("signals:call", args=[call.uuid])
    assert (call.practice, signal.practice, signal.text, signal.meeting_id) == (True, True, TEXT, meeting.pk)


def test_while_a_call_runs_nothing_typed_is_lost(cast: Cast, sign_in: type[Browser]):
    make_call(make_signal(cast.table, level="urgent"))
    response = sign_in(cast.police).post(page(cast), {"text": TEXT, "key": str(uuid.uuid4())})
    assert response.status_code == 422
    assert TEXT in response.content.decode()


def test_the_guard_asks(cast: Cast, sign_in: type[Browser]):
    typed = {"text": "Jan, 06 12 34 56 78, doet vervelend.", "key": str(uuid.uuid4())}
    response = sign_in(cast.police).post(page(cast), typed)
    assert response.status_code == 422
    assert "Gaat dit over één persoon?" in response.content.decode()
    assert sign_in(cast.police).post(page(cast), {**typed, "guard": "keep"}).status_code == 302


def test_a_strange_address_is_no_error(cast: Cast, sign_in: type[Browser]):
    assert sign_in(cast.police).get(f"{page(cast)}?etentje=zomaar").status_code == 200
    typed = {"text": TEXT, "key": "geen-sleutel", "meeting": "zomaar"}
    assert sign_in(cast.police).post(page(cast), typed).status_code == 422


def test_the_outcome_counts_and_tells_what_to_mend(cast: Cast, sign_in: type[Browser]):
    browser = sign_in(cast.police)
    browser.post(page(cast), {"text": TEXT, "key": str(uuid.uuid4())})
    with as_worker():
        call = Call.objects.get()
        asked = {one.membership_id: one for one in CallRecipient.objects.filter(call=call, stands_in=False)}
        noor, sem = asked[cast.seat(cast.resident).pk], asked[cast.seat(cast.young).pk]
        Answer.objects.create(recipient=noor, value="coming", via="link", at=Now() + timedelta(seconds=80))
        Answer.objects.create(recipient=noor, value="cannot", via="sms", at=Now() + timedelta(seconds=900))
        Delivery.objects.filter(message__about=call.uuid, message__user=cast.municipality, channel="mail").update(
            state="failed", failed_at=Now(), permanent=True, error="weg"
        )
        CallEvent.objects.create(call=call, kind="skipped", recipient=sem, way="voice", why="no_way")
        CallEvent.objects.create(call=call, kind="skipped", recipient=noor, way="voice", why="answered")
    shown = browser.get(reverse("signals:practice-result", args=[call.uuid])).content.decode()
    assert "1 van de 9 in 2 minuten" in shown  # the first answer counts; who began it is not asked
    mend = shown.split('id="mend"')[1]
    assert "De mail kwam niet aan." in mend
    assert "Heeft geen nummer dat de computer mag bellen." in mend
    assert "Buurvrouw Noor" not in mend
    assert "Van 8 mensen kwam geen antwoord." in mend


def test_only_a_practice_has_an_outcome(cast: Cast, sign_in: type[Browser]):
    call = make_call(make_signal(cast.table, level="urgent"))
    assert sign_in(cast.police).get(reverse("signals:practice-result", args=[call.uuid])).status_code == 404


def test_earlier_practices_stand_there(cast: Cast, sign_in: type[Browser]):
    call = make_call(make_signal(cast.table, level="urgent", practice=True), practice=True)
    with acting_as(cast.neighbour):
        assert not Call.objects.exists()
    assert str(call.uuid) in sign_in(cast.police).get(page(cast)).content.decode()
