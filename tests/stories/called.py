"""A call as it went, written down as it would have been: so that its page looks the same each time.

No worker may run meanwhile: it would do what follows from half a story.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from alliances import tokens
from alliances.models import Alliance, Membership, StandIn
from messaging.models import ContactPoint, Delivery, Incoming, Message, Payload
from signals.models import Answer, Call, CallEvent, CallRecipient, CallStep, Remark, TensionSignal
from tests.acting import as_worker
from tests.make import make_alliance, make_call, make_signal, make_user, members
from tests.stories.looking import nl

NAMES = (
    "Jan-Willem de Groot", "Saskia Vermeulen", "Noor Bakker", "Samira Haddou", "Dwight Pinas", "Lotte Meijer",
    "Ria van Dijk", "Piet Kooijman", "Ahmet Aydin", "Fatima el Idrissi",
)  # fmt: skip
LADDER = ((0, ["push", "mail", "sms"]), (2, ["sms"]), (5, ["voice"]), (10, ["voice", "call_list"]), (15, ["stand_in"]))
OUTCOME = "We zijn samen gaan kijken. De jongeren zijn naar huis. Woensdag praten we met de school."


class Story:
    """Writes down what happened, so many minutes after the start of a call by Noor."""

    def __init__(self, *, began: int) -> None:
        self.table: Alliance = make_alliance("Plein", members=[make_user(name) for name in NAMES])
        self.seats: dict[str, Membership] = {seat.name: seat for seat in members(self.table)}
        self.start = timezone.now() - timedelta(minutes=began)
        noor = self.seats["Noor Bakker"]
        signal = make_signal(self.table, raised_by=noor, level="urgent", place="Bij de fontein", when="now")
        self.call: Call = make_call(signal, started_by=noor, begins_at=self.start)
        with as_worker():
            self._landline("Ria van Dijk")
            ContactPoint.objects.filter(user=self.seats["Fatima el Idrissi"].user).update(on_call_list=False)
            Call.objects.filter(pk=self.call.pk).update(started_at=self.start)
            TensionSignal.objects.filter(pk=signal.pk).update(raised_at=self.start)
            CallRecipient.objects.filter(call=self.call).update(called_at=self.start)
            for position, (after, ways) in enumerate(LADDER):
                CallStep.objects.create(call=self.call, position=position, ways=ways, due_at=self.at(after))
        self.says("Noor Bakker", "coming", 0, via="site")

    def _landline(self, name: str) -> None:
        user = self.seats[name].user
        ContactPoint.objects.filter(user=user).delete()
        number = {"kind": "landline", "address": "+31307654321", "verified_at": timezone.now()}
        ContactPoint.objects.create(user=user, on_call_list=True, may_ring=True, **number)

    def at(self, minutes: float) -> datetime:
        return self.start + timedelta(minutes=minutes)

    def person(self, name: str) -> CallRecipient:
        return CallRecipient.objects.get(call=self.call, membership=self.seats[name], stands_in=False)

    def says(self, name: str, value: str, minutes: float, *, via: str = "link", text: str = "") -> None:
        """Somebody answers."""
        with as_worker():
            answer = Answer.objects.create(recipient=self.person(name), value=value, via=via, text=text)
            Answer.objects.filter(pk=answer.pk).update(at=self.at(minutes))

    def writes(self, name: str, words: str, minutes: float) -> None:
        """Somebody texts what is no answer."""
        with as_worker():
            heard = Incoming.objects.create(provider="x", kind="reply", news_key=words, text=words, outcome="remark",
                                            handled_at=self.at(minutes))  # fmt: skip
            Remark.objects.create(recipient=self.person(name), incoming=heard, text=words, at=self.at(minutes))

    def goes(
        self,
        names: Iterable[str],
        channels: Mapping[str, str],
        minutes: float,
        kind: str = "call_urgent",
        **fields: Any,
    ) -> None:
        """Messages go out, by each channel with a provider."""
        with as_worker():
            for name in names:
                user = self.seats[name].user if name in self.seats else None
                about = {"about": self.call.uuid, "created_at": self.at(minutes)}
                message = Message.objects.create(user=user, kind=kind, urgent=True, **about)
                for channel, provider in channels.items():
                    payload = Payload.objects.create(message=message, channel=channel, address=channel, content=b"x")
                    told = {"state": "sent", "sent_at": self.at(minutes), "provider": provider, **fields}
                    Delivery.objects.create(
                        message=message, payload=payload, channel=channel, due_at=self.at(minutes), **told
                    )

    def takes(self, position: int, *, reached: int = 9) -> None:
        """A step of the ladder is taken in its minute."""
        at = self.at(LADDER[position][0])
        with as_worker():
            taken = {"state": "taken", "taken_at": at, "reached": reached}
            CallStep.objects.filter(call=self.call, position=position).update(**taken)
            if "call_list" in LADDER[position][1]:
                Call.objects.filter(pk=self.call.pk).update(call_list_at=at)

    def asks_again(self, name: str, minutes: float) -> None:
        """Who has only seen it will be asked once more."""
        with as_worker():
            again = {"kind": "seen_again", "recipient": self.person(name)}
            CallStep.objects.create(call=self.call, due_at=self.at(minutes), **again)

    def happens(self, kind: str, minutes: float, name: str = "", **fields: Any) -> None:
        """Something that follows from no other row."""
        with as_worker():
            person = fields.pop("recipient", None) or (self.person(name) if name else None)
            CallEvent.objects.create(call=self.call, kind=kind, recipient=person, at=self.at(minutes), **fields)


def begin(*, began: int) -> Story:
    """The first two minutes: everybody gets a message, and nobody has answered."""
    story = Story(began=began)
    others = [name for name in NAMES if name != "Noor Bakker"]
    mobile = [name for name in others if name != "Ria van Dijk"]
    story.goes(mobile, {"mail": "smtp", "sms": "notify"}, 0.05)
    story.goes(mobile[:4], {"push": "webpush"}, 0.05)
    story.takes(0)
    story.happens("skipped", 0, "Ria van Dijk", way="sms", why="no_way")
    return story


def nobody_answers() -> Story:
    """Eleven minutes of silence: asked again, rung, and the call list is open."""
    story = begin(began=11)
    others = [name for name in NAMES if name not in ("Noor Bakker", "Ria van Dijk")]
    story.goes(others, {"sms": "notify"}, 2.02, "call_urgent_again")
    story.takes(1, reached=8)
    silence = {"state": "failed", "error": "nobody picked up"}
    story.goes(NAMES[6:9], {"voice": "twilio"}, 5.02, "call_urgent_again", failed_at=story.at(5.5), **silence)
    story.takes(2, reached=3)
    story.goes(NAMES[6:9], {"voice": "twilio"}, 10.02, "call_urgent_again", failed_at=story.at(10.4), **silence)
    story.goes(NAMES, {"sms": "notify"}, 10.05, "call_list_open")
    story.takes(3, reached=10)
    return story


def calling() -> Story:
    """Twelve minutes: four come, the municipality cannot, four are silent."""
    story = begin(began=12)
    story.says("Samira Haddou", "coming", 1.2)
    story.goes([name for name in NAMES if name not in ("Noor Bakker", "Samira Haddou", "Ria van Dijk")],
               {"sms": "notify"}, 2.02, "call_urgent_again")  # fmt: skip
    story.takes(1, reached=7)
    story.says("Jan-Willem de Groot", "coming", 3.1, via="sms", text="Bel mij, ik ben in dienst.")
    lost = {"state": "failed", "sent_at": None, "failed_at": story.at(5.02), "error": "no", "permanent": True}
    story.goes(["Ahmet Aydin"], {"sms": "notify"}, 5.02, "call_urgent_again", **lost)
    story.goes(["Samira Haddou"], {"mail": "smtp"}, 5.05, maybe_doubled=True)
    silence = {"state": "failed", "error": "nobody picked up"}
    story.goes(NAMES[6:8], {"voice": "twilio"}, 5.02, "call_urgent_again", failed_at=story.at(5.5), **silence)
    story.takes(2, reached=3)
    story.says("Lotte Meijer", "seen", 6.4)
    story.asks_again("Lotte Meijer", 36.4)
    story.says("Saskia Vermeulen", "cannot", 8.1)
    story.says("Dwight Pinas", "seen", 9)
    story.goes(NAMES[6:8], {"voice": "twilio"}, 10.02, "call_urgent_again", failed_at=story.at(10.4), **silence)
    story.goes(NAMES, {"sms": "notify"}, 10.05, "call_list_open")
    story.takes(3, reached=10)
    story.says("Dwight Pinas", "coming", 11, via="sms", text="Ik ben er over 10 minuten.")
    story.writes("Piet Kooijman", "Ik sta in de file op de ring, ik bel zo.", 11.2)
    _stand_in(story)
    return story


def _stand_in(story: Story) -> None:
    """Saskia's colleague is called right after she said that she cannot."""
    colleague = make_user("Kees Invaller", by=("sms",))
    agreed = {"agreed_by": story.seats["Noor Bakker"], "agreed_at": story.start, "accepted_at": story.start}
    with as_worker():
        ready = StandIn.objects.create(
            alliance=story.table, role="municipality", user=colleague, name="Kees Invaller", token_hash="s" * 64,
            named_by=story.seats["Saskia Vermeulen"], **agreed,
        )  # fmt: skip
        made = CallRecipient(
            call=story.call, membership=story.seats["Saskia Vermeulen"], stand_in=ready, stands_in=True
        )
        made.called_at, made.token_hash = story.at(8.2), tokens.fingerprint(made.token)
        made.save()
        message = Message.objects.create(
            user=colleague, kind="call_stand_in", about=story.call.uuid, created_at=story.at(8.2), urgent=True
        )
        payload = Payload.objects.create(message=message, channel="sms", address="sms", content=b"x")
        sent = {"state": "delivered", "sent_at": story.at(8.2), "delivered_at": story.at(8.3), "provider": "notify"}
        Delivery.objects.create(message=message, payload=payload, channel="sms", due_at=story.at(8.2), **sent)
    story.happens("stand_in", 8.2, recipient=made)


def enough() -> Story:
    """The stand-in comes: five of five."""
    story = calling()
    with as_worker():
        stand_in = CallRecipient.objects.get(call=story.call, stands_in=True)
        answer = Answer.objects.create(recipient=stand_in, value="coming", via="voice")
        Answer.objects.filter(pk=answer.pk).update(at=story.at(11.6))
        Call.objects.filter(pk=story.call.pk).update(enough_at=story.at(11.6))
    story.happens("enough", 11.6)
    return story


def closed() -> Story:
    """It is over, and most found it right to call."""
    story = enough()
    with as_worker():
        ended = {"ended_at": story.at(11.8), "ended_by": story.seats["Jan-Willem de Groot"], "state": "closed"}
        Call.objects.filter(pk=story.call.pk).update(**ended)
        CallStep.objects.filter(call=story.call, state="due").update(state="cancelled")
        by = {"closed_by": story.seats["Jan-Willem de Groot"], "outcome": OUTCOME}
        TensionSignal.objects.filter(pk=story.call.signal_id).update(closed_at=story.at(11.8), **by)
        for name, good in (("Samira Haddou", True), ("Dwight Pinas", True), ("Lotte Meijer", False)):
            CallRecipient.objects.filter(pk=story.person(name).pk).update(good_call=good)
    return story


STATES: dict[str, tuple[Callable[[], Story], str]] = {  # how it came so, and what the page says then
    "calling": (calling, "Nog 1 nodig: de gemeente"),
    "enough": (enough, nl("There are enough people")),
    "nobody": (nobody_answers, nl("Nobody answers. Phone them now")),
    "closed": (closed, nl("This has been closed")),
}
