"""The guard on free text finds what points at one person, and leaves talk about situations alone."""

import pytest
from django import forms
from django.utils import translation

from alliances.forms import GuardedForm
from alliances.guard import findings


def kinds(text: str) -> set[str]:
    return {found.kind for found in findings(text)}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Zijn nummer is 111222333.", "citizen_number"),
        ("bsn 1112.22.333", "citizen_number"),
        ("Bel hem: 06 12 34 56 78", "phone"),
        ("Bel +31612345678 even", "phone"),
        ("030-2861234 is van de winkel", "phone"),
        ("Een auto met GB-12-CD", "plate"),
        ("kenteken ab-123-c stond er weer", "plate"),
        ("Scooter F 123 BB", "plate"),
        ("de auto 1-ABC-23", "plate"),
        ("een busje 12ABC3", "plate"),
        ("Hij woont op de Carnegiedreef 12", "address"),
        ("bij Zamenhofdreef 4b, derde verdieping", "address"),
        ("op 3562 AB 12 gaat het mis", "address"),
        ("Laan van Chartroise 160", "address"),
        ("Het gaat om Piet Voorbeeld, 12-03-1988", "born"),
        ("Piet, geboren 12 maart 1988", "born"),
        ("Fatima (geb. 3-4-99)", "born"),
    ],
)
def test_it_finds_what_points_at_one_person(text: str, kind: str) -> None:
    assert kind in kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "Er staan elke avond jongeren bij het winkelcentrum.",
        "Op het Julianaplein 10 jongeren, om 22.30 uur.",
        "Gisteren op de Kerkstraat 24 november was het onrustig.",
        "Bel 112 of 0900-8844, anoniem 0800-7000.",
        "Op 20-11-2026 om 19.30 uur, ongeveer 15-20 man.",
        "Sinds 12-03-1988 is dat zo.",
        "Postcode 3562 AB is rustig.",
        "Ze gaan weg 10 minuten later.",
        "Van 2024 tot 2026 was het stil; 12 tot 15 personen.",
        "",
    ],
)
def test_it_leaves_situations_alone(text: str) -> None:
    assert kinds(text) == set()


class Note(GuardedForm):
    guarded = ("what",)
    what = forms.CharField(widget=forms.Textarea)
    where = forms.CharField(required=False)


def test_the_form_asks_once_and_keeps_the_text() -> None:
    form = Note({"what": "auto GB-12-CD"})
    assert not form.is_valid()
    assert form.errors.as_data()["what"][0].code == "guard"
    with translation.override("nl"):
        shown = form.render()
    assert "auto GB-12-CD" in shown
    assert 'name="guard" value="keep"' in shown
    assert "kenteken" in shown


def test_keep_saves_and_adjust_shows_the_form_again() -> None:
    assert Note({"what": "auto GB-12-CD", "guard": "keep"}).is_valid()
    again = Note({"what": "auto GB-12-CD", "guard": "adjust"})
    assert not again.is_valid()
    assert 'value="keep"' not in again.render()
    assert Note({"what": "auto", "guard": "adjust"}).is_valid()


def test_a_keep_does_not_wave_other_errors_through() -> None:
    assert not Note({"what": "", "guard": "keep"}).is_valid()
