"""The fleet itself: it is up, it sends, and it can be killed and come back."""

from django.utils import timezone

from messaging.actions import post
from tests.acting import acting_as
from tests.fleet import Fleet, eventually
from tests.make import make_user


def test_the_fleet_is_up_and_healthy(fleet: Fleet):
    eventually(lambda: fleet.health() == (200, {"ok": True, "wrong": []}), what="a healthy fleet")


def test_a_message_leaves_through_a_real_worker(fleet: Fleet):
    user = make_user("Noor", by=("sms",))
    with acting_as(user):
        post(kind="pause", user=user, context={"until": timezone.localdate()})
    assert user.recognition_word in fleet.message(to=user.mobile, channel="sms")["text"]


def test_what_was_killed_comes_back(fleet: Fleet):
    for process in (fleet.worker, fleet.valkey, fleet.web):
        fleet.kill(process)
        assert not process.alive
    fleet.all_well()
    eventually(lambda: fleet.health()[0] == 200, what="a healthy fleet")
