"""The timeline, from rows in memory: who did what, what was tried, what was not and why."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import translation

from alliances.models import Membership, StandIn, User
from signals.attempts import Attempt, Reached, Unreachable
from signals.models import Answer, Call, CallEvent, CallRecipient, CallStep, Remark, TensionSignal
from signals.timeline import Entry, Rows, called_by, timeline

START = datetime(2026, 11, 22, 21, 0, tzinfo=UTC)
NAMES = {1: "Noor", 2: "Piet", 3: "Ria", 4: "Sem", 5: "Bo"}


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def member(key: int, role: str = "resident") -> Membership:
    return Membership(pk=key, user=User(pk=key, name=NAMES[key]), role=role)


def recipient(key: int) -> CallRecipient:
    return CallRecipient(pk=key, membership=member(key), called_at=START)


def attempt(user: int = 2, channel: str = "sms", seconds: float = 1, **fields: Any) -> Attempt:
    """One that was sent, when nothing else is said."""
    told: dict[str, Any] = {
        "key": uuid4(),
        "message": uuid4(),
        "payload": uuid4(),
        "kind": "call_urgent",
        "provider": "notify",
        "attempt": 1,
        "state": "sent",
        "due_at": after(seconds),
        "sent_at": after(seconds),
        "delivered_at": None,
        "failed_at": None,
        "permanent": False,
        "maybe_doubled": False,
        "cancelled_at": None,
    }
    return Attempt(user=user, channel=channel, **{**told, **fields})


def failed(seconds: float = 1, **fields: Any) -> Attempt:
    lost = {"state": "failed", "sent_at": None, "failed_at": after(seconds)}
    return attempt(seconds=seconds, **{**lost, **fields})


def told(**rows: Any) -> list[Entry]:
    """The timeline of a call by Noor with these rows."""
    caller = member(1)
    signal = TensionSignal(text="x", level="urgent")
    call = Call(
        pk=1, signal=signal, level="urgent", started_by=caller, state="running", begins_at=START, **rows.pop("call", {})
    )
    call.started_at = START
    people = rows.pop("recipients", {key: recipient(key) for key in NAMES})
    empty = dict.fromkeys(("answers", "remarks", "attempts", "unreachable", "steps", "events"), ())
    with translation.override("nl"):
        return timeline(Rows(call=call, recipients=people, names=NAMES, **{**empty, **rows}))


def lines(entries: Iterable[Entry]) -> list[str]:
    """What the application did, oldest first."""
    return [line.text for entry in reversed(list(entries)) for line in entry.lines]


def test_what_was_sent_is_told_together_and_what_arrived_by_receipts():
    sent = [attempt(user, channel) for user in (2, 3) for channel in ("mail", "sms", "push")]
    arrived = attempt(4, state="delivered", delivered_at=after(70))
    assert lines(told(attempts=[*sent, arrived])) == [
        "Bericht gestuurd aan 3 mensen: 2 keer mail, 3 keer sms en 2 keer melding.",
        "Aangekomen: 1 keer sms.",
    ]


def test_every_attempt_that_went_out_is_in_a_line():
    attempts = [
        attempt(2),
        attempt(2, "voice", 300, state="delivered", delivered_at=after(310)),
        attempt(3, "voice", 301, state="failed", failed_at=after(330)),
        attempt(4, "mail", state="failed", failed_at=after(60), permanent=True),
        attempt(5, "push", maybe_doubled=True),
    ]
    entries = told(attempts=attempts)
    assert {key for entry in entries for line in entry.lines for key in line.of} >= {one.key for one in attempts}


def test_phone_calls_say_whether_anybody_picked_up():
    attempts = [
        attempt(2, "voice", 300, state="failed", failed_at=after(330)),
        attempt(3, "voice", 300, state="failed", failed_at=after(331)),
        attempt(4, "voice", 300, state="delivered", delivered_at=after(308)),
        attempt(5, "voice", 300),
    ]
    assert sorted(lines(told(attempts=attempts))) == [
        "De computer belde Piet en Ria: niemand nam op.",
        "De computer belde Sem: opgenomen.",
        "De computer belt Bo.",
    ]


def test_another_provider_takes_over():
    payload = uuid4()
    attempts = [
        failed(1, payload=payload),
        attempt(seconds=2, payload=payload, attempt=2, provider="twilio"),
    ]
    said = lines(told(attempts=attempts))
    assert "De sms naar Piet gaat nu via een andere weg." in said
    assert "Sms naar Piet lukte eerst niet, maar later wel." in said
    assert not any("andere weg" in text for text in lines(told(attempts=[failed(1), attempt(seconds=2)])))


def test_a_failure_for_good_and_what_went_right_after_it():
    message = uuid4()
    attempts = [failed(5, message=message, permanent=True), attempt(channel="mail", seconds=5, message=message)]
    entries = told(attempts=attempts)
    assert "Sms naar Piet is niet gelukt. Er ging meteen een ander bericht." in lines(entries)
    bold = [line.text for entry in entries for line in entry.lines if line.failed]
    assert bold == ["Sms naar Piet is niet gelukt. Er ging meteen een ander bericht."]
    alone = told(attempts=[failed(5, permanent=True), attempt(3, "mail", 5)])
    assert "Sms naar Piet is niet gelukt." in lines(alone)


@pytest.mark.parametrize(("later", "words"), [
    ({"state": "due", "sent_at": None}, "Sms naar Piet lukt nog niet. We blijven het proberen."),
    ({"state": "cancelled", "sent_at": None}, "Sms naar Piet is niet gelukt, en hoeft niet meer."),
])  # fmt: skip
def test_what_became_of_a_failure(later: dict[str, Any], words: str):
    payload = uuid4()
    assert words in lines(told(attempts=[failed(1, payload=payload), attempt(payload=payload, attempt=2, **later)]))


def test_perhaps_twice_too_late_and_not_needed():
    said = lines(
        told(
            attempts=[
                attempt(maybe_doubled=True),
                attempt(3, state="expired", sent_at=None),
                attempt(4, state="cancelled", sent_at=None, cancelled_at=after(9)),
                attempt(5, state="due", sent_at=None),
            ]
        )
    )
    assert "Sms naar Piet: misschien dubbel verstuurd." in said
    assert "1 bericht kwam te laat om nog nut te hebben." in said
    assert "1 bericht was niet meer nodig." in said
    assert "1 bericht is onderweg." in said


def event(kind: str, key: int | None = None, way: str = "", why: str = "", seconds: float = 120) -> CallEvent:
    return CallEvent(kind=kind, recipient_id=key, way=way, why=why, at=after(seconds), step_id=1)


def test_who_was_not_asked_stands_together_with_the_reason():
    events = [event("skipped", key, "sms", "no_way") for key in (2, 3)]
    events += [event("skipped", 4, "sms", "stopped"), event("skipped", 5, "", "answered")]
    events += [event("skipped", None, "voice", "off"), event("skipped", None, "duty", "nobody")]
    assert lines(told(events=events)) == [
        "Geen sms naar Piet en Ria: geen nummer of adres hiervoor.",
        "Geen sms naar Sem: wil geen sms.",
        "Niet opnieuw gevraagd: Bo (al geantwoord).",
        "Telefoontje: staat hier niet aan.",
        "Er is geen coördinator van dienst ingelicht: er is niemand afgesproken.",
    ]


def test_many_are_a_number():
    events = [event("skipped", key, "push", "no_way") for key in NAMES]
    assert lines(told(events=events)) == ["Geen melding naar 5 mensen: geen nummer of adres hiervoor."]


def test_enough_short_stand_in_duty_and_unreached():
    people = {key: recipient(key) for key in NAMES}
    colleague = StandIn(name="Kees", user_id=9)
    people[9] = CallRecipient(pk=9, membership=member(5, "police"), stands_in=True, stand_in=colleague, called_at=START)
    events = [event("enough"), event("short"), event("stand_in", 9), event("duty"), event("unreached", 3)]
    entries = told(events=events, recipients=people, unreachable=[Unreachable(3, START), Unreachable(4, START)])
    assert lines(entries) == [
        "Naar Sem kan geen bericht. Bel liever.",  # of Ria it is told below
        "Er zijn genoeg mensen. We vragen niemand meer.",
        "Er zijn niet meer genoeg mensen. We vragen het opnieuw.",
        "Kees (vervanger) is gevraagd.",
        "De coördinator van dienst is ingelicht, alleen met aantallen.",
        "Ria is niet te bereiken. Bel zelf.",
    ]


def test_a_change_of_mind_keeps_its_history():
    answers = []
    for key, (value, via) in enumerate([("cannot", "sms"), ("coming", "voice"), ("coming", "link")], start=1):
        answer = Answer(pk=key, recipient_id=2, value=value, via=via, text="ja, over 2 uur" if key == 3 else "")
        answer.at = after(60 * key)
        answers.append(answer)
    said = [entry for entry in reversed(told(answers=answers[::-1])) if entry.who == "Piet"]
    assert [entry.text for entry in said] == ["Ik kan niet.", "Ik doe mee. Eerder: Ik kan niet.", "Ik doe mee."]
    assert [entry.quote for entry in said] == ["", "", "ja, over 2 uur"]
    assert said[1].by == "aan de telefoon, met een toets"


def test_who_calls_comes_without_a_word_of_it():
    answer = Answer(pk=1, recipient_id=1, value="coming", via="site")
    answer.at = after(0.2)
    assert [entry.text for entry in told(answers=[answer])] == ["riep iedereen op."]


def test_written_down_by_another_and_too_late():
    answer = Answer(pk=1, recipient_id=2, value="coming", via="behalf", by=member(4))
    answer.at = after(90)
    entry = told(answers=[answer], call={"ended_at": after(60), "ended_by": member(3)} | {})[0]
    assert entry.by == "via de telefoon, ingevuld door Sem"
    assert "te laat" in entry.text


def test_free_words_are_kept_whole_behind_a_fold():
    words = "Ik sta in de file. " * 20
    remark = Remark(pk=1, recipient_id=2, text=words, at=after(60))
    entry = told(remarks=[remark])[0]
    assert (entry.who, entry.text, entry.quote) == ("Piet", "schreef:", words)
    assert entry.long
    assert entry.short_quote.endswith("…")
    assert len(entry.short_quote) < 200


def test_steps_that_went_to_nobody():
    steps = [
        CallStep(pk=1, ways=["sms"], position=1, taken_at=after(120), reached=0),
        CallStep(pk=2, ways=["call_list"], position=2, taken_at=after(600), reached=0),
        CallStep(pk=3, ways=["call_list"], position=3, taken_at=after(660), reached=9),
        CallStep(pk=4, ways=["sms"], position=4, due_at=after(900)),
    ]
    assert lines(told(steps=steps)) == [
        "Niemand was stil die we nog eens konden vragen.",
        "Iedereen antwoordde: er is geen bellijst nodig.",
        "De bellijst is open voor iedereen.",
    ]


def test_a_former_member_is_nobody_by_name():
    gone = CallRecipient(pk=7, membership=member(2), stands_in=True, stand_in=None)
    with translation.override("en"):
        assert called_by(None) == "a former member"
        assert called_by(gone) == "a former stand-in (stand-in)"


# --- What was tried for one person ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("attempts", "words"), [
    ([attempt(), attempt(channel="mail")], ["Verstuurd: 1 keer mail en 1 keer sms."]),
    ([attempt(state="delivered", delivered_at=START)], ["Verstuurd: 1 keer sms.", "Aangekomen: 1 keer sms."]),
    ([attempt(channel="push")], ["Verstuurd: 1 keer melding."]),  # taken by a push service is not on a phone
    ([attempt(channel="voice", state="failed", failed_at=START)] * 2, ["2 keer gebeld: niemand nam op."]),
    ([attempt(channel="voice")], ["1 keer gebeld: de telefoon gaat over."]),
    ([attempt(channel="voice", state="delivered")], ["1 keer gebeld: er is opgenomen, zonder antwoord."]),
    ([failed()], ["De sms kwam niet aan."]),
    ([failed(), attempt()], ["Verstuurd: 1 keer sms."]),
    ([attempt(state="due", sent_at=None, due_at=after(3600))], ["Het bericht wacht tot 22.00 uur."]),
    ([attempt(state="due", sent_at=None)], ["Het bericht is onderweg."]),
    ([], ["Het bericht is onderweg."]),
])  # fmt: skip
def test_what_was_tried_for_one_person(attempts: list[Attempt], words: list[str]):
    reached = Reached()
    for one in attempts:
        reached.add(one)
    with translation.override("nl"):
        assert reached.sentences(START, lambda at: f"{at:%H.%M}") == words
