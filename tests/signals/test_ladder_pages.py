"""How a table calls: the ladder in words, who would be called when, and changing it without losing what was typed."""

from typing import Any

import pytest
from django.urls import reverse

from messaging.models import ContactPoint
from signals.forms.ladder import StepFormSet, rows_of
from signals.ladder import DEFAULTS, DUTY, MAIL, PUSH, SMS, VOICE, Step
from signals.ladder_words import Person, enough, forecast, rungs, switched_off, unit_of, when
from signals.models import Ladder
from tests.acting import Browser, as_worker
from tests.cast import Cast
from tests.make import make_call, make_signal, make_stand_in

NOW = DEFAULTS[Ladder.Pace.NOW]


# --- In words -----------------------------------------------------------------------------------------------------


def test_the_usual_ladder_in_words():
    drawn = rungs(NOW)
    assert [one.when for one in drawn] == ["Meteen", "Na 2 minuten", "Na 5 minuten", "Na 10 minuten", "Na 15 minuten"]
    assert drawn[0].lines[0].text == "Iedereen krijgt een melding, een mail en een sms."
    assert drawn[1].lines[0].text == "Wie stil is, krijgt weer een sms."
    assert drawn[2].lines[0].text == "De computer belt wie stil is."
    assert drawn[3].lines[0].text == "De computer belt nog een keer wie stil is."
    assert len(drawn[3].lines) == 2
    assert rungs([Step(0, (MAIL,)), Step(60, (SMS, DUTY))])[1].lines[0].text == "Wie stil is, krijgt ook een sms."


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "Meteen"), (45, "Na 45 seconden"), (60, "Na 1 minuut"), (90, "Na 90 seconden"), (86400, "Na 24 uur")],
)
def test_when(seconds: int, said: str):
    assert when(seconds) == said


def test_enough_in_words():
    assert enough({"resident": 3, "police": 1, "municipality": 1}) == (
        "Genoeg is: de politie, de gemeente en 3 bewoners."
    )
    assert enough({}) == ""


def test_who_would_be_called_when():
    noor = Person("Noor", "resident", frozenset({SMS}))
    bo = Person("Bo", "police", frozenset({PUSH, MAIL, SMS, VOICE}))
    vera = Person("Vera", "resident", frozenset(), phones=True)
    rust = Person("Rust", "resident", frozenset({SMS}), on_break=True)
    ring = Person("Ring", "resident", frozenset({VOICE}), phones=True)
    stop = Person("Stop", "resident", frozenset({MAIL, VOICE}), stopped=True)
    every = (PUSH, MAIL, SMS, VOICE)
    found = forecast(NOW, [noor, bo, vera, rust, ring, stop], on=every)
    assert found[0].person is vera  # who cannot be reached stands on top
    by_name = {one.person.name: one for one in found}
    assert [turn.when for turn in by_name["Noor"].turns] == ["Meteen", "Na 2 minuten"]
    assert (by_name["Noor"].notes, by_name["Noor"].lacks) == ((), "Niet per mail en telefoontje.")
    assert [turn.when for turn in by_name["Bo"].turns][-1] == "Na 10 minuten"
    assert by_name["Bo"].notes == ()
    assert "Krijgt geen bericht" in by_name["Vera"].notes[0]
    assert by_name["Rust"].turns == ()
    assert by_name["Ring"].turns[0].when == "Meteen"  # from the reserve: nobody is asked last
    assert "STOP" in by_name["Stop"].notes[0]
    assert (len(by_name["Stop"].notes), by_name["Stop"].lacks) == (1, "")
    assert switched_off(NOW, every) == ""
    assert switched_off(NOW, (PUSH, MAIL, SMS)) == "Staat hier nog niet aan: telefoontje."
    assert forecast(NOW, [noor], on=(SMS, MAIL))[0].lacks == "Niet per mail."


@pytest.mark.parametrize("pace", Ladder.Pace.values)
def test_the_form_gives_back_what_it_got(pace: str):
    rows = rows_of(DEFAULTS[pace])
    data: dict[str, Any] = {"step-TOTAL_FORMS": len(rows), "step-INITIAL_FORMS": 0}
    for number, row in enumerate(rows):
        data |= {f"step-{number}-{name}": value for name, value in row.items()}
    form = StepFormSet(data, pace=pace)
    assert form.is_valid(), form.errors
    assert tuple(form.steps) == DEFAULTS[pace]
    assert unit_of(7200) == (2, "hours")


# --- The pages ----------------------------------------------------------------------------------------------------


def at(cast: Cast, name: str = "ladder", pace: str = "nu") -> str:
    return reverse(f"signals:{name}", args=[cast.table.uuid, *([] if name == "ladders" else [pace])])


def typed(*rows: tuple[str, str, list[str]], seen: str = "", **more: Any) -> dict[str, Any]:
    data: dict[str, Any] = {"step-TOTAL_FORMS": len(rows), "step-INITIAL_FORMS": 0, "seen": seen}
    for index, (number, unit, ways) in enumerate(rows):
        data |= {f"step-{index}-number": number, f"step-{index}-unit": unit, f"step-{index}-ways": ways}
    return {**data, "police": "on", "municipality": "on", **more}


FIRST = ("", "minutes", [MAIL, SMS])


def kept(cast: Cast) -> Ladder | None:
    with as_worker():
        return Ladder.objects.filter(alliance=cast.table, pace="now").first()


def test_who_gets_no_message_is_the_news(cast: Cast, sign_in: type[Browser]):
    page = sign_in(cast.young).get(at(cast, "ladders")).content.decode()
    assert "We kunnen iedereen bereiken" in page
    assert "Genoeg is: de politie, de gemeente en 3 bewoners." in page
    with as_worker():
        ContactPoint.objects.filter(user=cast.resident).update(may_message=False)
    page = sign_in(cast.young).get(at(cast, "ladders")).content.decode()
    assert "Eén van ons krijgt geen bericht" in page
    assert "bel deze persoon als eerste" in page
    assert cast.resident.mobile not in page


def test_each_pace_has_its_forecast(cast: Cast, sign_in: type[Browser]):
    browser = sign_in(cast.young)
    for pace, when_said in (("nu", "Na 2 minuten"), ("vandaag", "Na 30 minuten"), ("zorg", "Na 24 uur")):
        page = browser.get(at(cast, "ladders"), {"tempo": pace}).content.decode()
        assert when_said in page.split('id="forecast"')[1]
    assert browser.get(at(cast, "ladders"), {"tempo": "zomaar"}).status_code == 200


def test_a_stand_in_stands_there(cast: Cast, sign_in: type[Browser]):
    make_stand_in(cast.table, name="Agent Jo", agreed_by=cast.seat(cast.young), user=cast.stranger)
    assert "Agent Jo" in sign_in(cast.young).get(at(cast, "ladders")).content.decode()
    assert "Agent Jo" not in sign_in(cast.young).get(at(cast, "ladders"), {"tempo": "zorg"}).content.decode()


def test_every_member_changes_it(cast: Cast, sign_in: type[Browser]):
    data = typed(FIRST, ("90", "seconds", [SMS]), ("5", "minutes", ["call_list"]), residents="2")
    assert sign_in(cast.young).post(at(cast), data).url == at(cast, "ladders")
    ladder = kept(cast)
    assert ladder is not None
    assert [(step["after"], step["ways"]) for step in ladder.steps] == [
        (0, [MAIL, SMS]),
        (90, [SMS]),
        (300, ["call_list"]),
    ]
    assert (ladder.residents, ladder.changed_by_id) == (2, cast.seat(cast.young).pk)
    page = sign_in(cast.police).get(at(cast, "ladders")).content.decode()
    assert "Sem veranderde dit op" in page
    assert "Genoeg is: de politie, de gemeente en 2 bewoners." in page
    assert sign_in(cast.police).post(at(cast, "ladder-reset")).url == at(cast, "ladders")
    assert kept(cast) is None


WRONG = {
    "no number": (typed(FIRST, ("", "minutes", [SMS])), "Vul in hoe lang na het begin."),
    "no way": (typed(FIRST, ("2", "minutes", [])), "Kies ten minste één ding dat er gebeurt."),
    "earlier": (typed(FIRST, ("5", "minutes", [SMS]), ("2", "minutes", [MAIL])), "later komen dan de stap ervoor"),
    "too late": (typed(FIRST, ("49", "hours", [SMS])), "Dit komt later dan 48 uur."),
    "nonsense": (typed(FIRST, ("straks", "minutes", [SMS])), "Vul een heel getal in."),
    "nothing first": (typed(("", "minutes", [])), "Kies ten minste één ding dat er gebeurt."),
    "too many residents": (typed(FIRST, residents="9"), "bewoners"),
    "below zero": (typed(FIRST, residents="-1"), "Vul een getal vanaf 0 in."),
    "nobody": ({**typed(FIRST, residents="0"), "police": "", "municipality": ""}, "Er moet iemand komen"),
    "nobody can": (typed(FIRST, ("2", "minutes", [VOICE])), ""),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_is_said_and_nothing_typed_is_lost(cast: Cast, sign_in: type[Browser], case: str):
    data, sentence = WRONG[case]
    response = sign_in(cast.young).post(at(cast), {name: value for name, value in data.items() if value != ""})
    page = response.content.decode()
    assert response.status_code == 422
    assert sentence in page
    assert 'role="alert"' in page
    assert page.count("bond-step-row") == data["step-TOTAL_FORMS"]
    for value in (data.get("step-1-number"), data.get("residents")):
        assert not value or f'value="{value}"' in page
    assert kept(cast) is None


def test_rows_come_and_go_without_a_script(cast: Cast, sign_in: type[Browser]):
    browser = sign_in(cast.young)
    data = typed(FIRST, ("straks", "hours", [SMS]), ("9", "minutes", [MAIL]), residents="onzin", add="1")
    more = browser.post(at(cast), data).content.decode()
    assert more.count("bond-step-row") == 4
    assert 'value="straks"' in more
    assert 'value="onzin"' in more
    less = browser.post(at(cast), {**data, "remove": "1"}).content.decode()
    assert 'value="straks"' not in less
    assert 'value="9"' in less
    assert browser.post(at(cast), {**data, "remove": "0"}).content.decode().count("bond-step-row") == 4
    for strange in ({"step-TOTAL_FORMS": "x"}, {"step-TOTAL_FORMS": "100000"}, {"remove": "-3"}):
        assert browser.post(at(cast), {**data, **strange}).status_code == 200
    assert kept(cast) is None


def test_two_at_once_the_second_is_told(cast: Cast, sign_in: type[Browser]):
    first, second = sign_in(cast.young), sign_in(cast.police)
    data = typed(FIRST, ("3", "minutes", [SMS]))
    assert first.post(at(cast), data).status_code == 302
    other = typed(FIRST, ("7", "minutes", [SMS]))
    told = second.post(at(cast), other)
    assert told.status_code == 409
    page = told.content.decode()
    assert "Sem veranderde dit net ook" in page
    assert 'value="7"' in page
    ladder = kept(cast)
    assert ladder is not None
    assert ladder.steps[1]["after"] == 180
    assert second.post(at(cast), {**other, "seen": ladder.changed_at.isoformat()}).status_code == 302


def test_a_running_call_keeps_its_own(cast: Cast, sign_in: type[Browser]):
    assert "Er loopt nu een oproep" not in sign_in(cast.young).get(at(cast)).content.decode()
    make_call(make_signal(cast.table, level="urgent"))
    assert "Er loopt nu een oproep" in sign_in(cast.young).get(at(cast)).content.decode()


def test_an_unknown_pace_is_not_there(cast: Cast, sign_in: type[Browser]):
    assert sign_in(cast.young).get(at(cast, pace="ooit")).status_code == 404
    assert sign_in(cast.young).post(at(cast, "ladder-reset", pace="ooit")).status_code == 404
    assert sign_in(cast.neighbour).post(at(cast, "ladder-reset")).status_code == 404
