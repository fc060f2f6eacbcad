"""What breaks in the middle of a call, with real processes: nobody may be missed (calls.md)."""

from django.utils import timezone

from messaging.models import Delivery
from tests.acting import as_worker
from tests.faults.calling import gather
from tests.fleet import Fleet, eventually

USUAL = 2.0  # seconds that the page may take, on a machine that does much else at the same time


def test_worker_killed_in_the_middle_of_a_call(fleet: Fleet):
    called = gather(fleet)
    fleet.network.command_channel("slow", seconds=0.7)  # four threads a channel: nine messages take three turns
    called.raise_signal()
    eventually(lambda: called.reached("sms"), what="the first ones are reached")
    fleet.kill(fleet.worker)
    reached = called.reached("sms")
    assert reached < called.everybody, "killed too late: this proves nothing"
    fleet.network.command_channel("ok")
    fleet.worker.restart()
    called.wait_until_all_are_reached("sms", within=20)
    called.wait_until_all_are_reached("mail", within=20)
    eventually(lambda: called.states() <= {"sent", "delivered"}, what="every delivery has ended well")
    with as_worker():
        sent = {delivery.pk: delivery for delivery in Delivery.objects.select_related("message")}
    twice = len(fleet.messages()) - len(sent)
    assert twice <= sum(delivery.maybe_doubled for delivery in sent.values()), "a double that is not marked"


def test_mail_is_refused_for_a_while(fleet: Fleet):
    called = gather(fleet)
    fleet.network.command_channel("refuse", channel="mail", code=421)
    called.raise_signal()
    called.wait_until_all_are_reached("sms", within=5)
    with as_worker():
        eventually(
            lambda: Delivery.objects.filter(channel="mail", attempt=2).count() == len(called.others),
            what="a second attempt for each mail",
        )
    assert called.reached("mail") == set()
    fleet.network.command_channel("ok")

    def all_got_it() -> bool:
        with as_worker():  # the next attempt is due in half a minute or so: do not wait for that
            Delivery.objects.filter(channel="mail", state="due").update(due_at=timezone.now())
        return called.reached("mail") == called.everybody

    eventually(all_got_it, within=15, what="nine people by mail, once the server takes it again")


def test_mail_server_hangs(fleet: Fleet):
    """A channel that hangs holds up no other channel."""
    called = gather(fleet)
    fleet.network.command_channel("hang", channel="mail", seconds=30)
    called.raise_signal()
    called.wait_until_all_are_reached("sms", within=5)
    assert called.reached("mail") == set()


def test_valkey_is_gone_when_the_signal_is_raised(fleet: Fleet):
    called = gather(fleet)
    fleet.kill(fleet.valkey)
    assert called.raise_signal() < USUAL
    called.wait_until_all_are_reached("sms", within=10)  # the workers' own clock
    called.wait_until_all_are_reached("mail", within=10)


def test_valkey_is_frozen_when_the_signal_is_raised(fleet: Fleet):
    called = gather(fleet)
    fleet.valkey.freeze()
    assert called.raise_signal() < USUAL
    called.wait_until_all_are_reached("sms", within=10)


def test_web_is_killed_right_after_the_answer(fleet: Fleet):
    """What was committed goes out, whoever is gone."""
    called = gather(fleet)
    called.raise_signal()
    fleet.kill(fleet.web)
    called.wait_until_all_are_reached("sms", within=10)
    called.wait_until_all_are_reached("mail", within=10)
