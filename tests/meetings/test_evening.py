"""The evening itself: notes of two at once, who is there, the minutes, and the agenda in order, also on paper."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from alliances.models import Alliance, Membership
from meetings.actions import discussed, put_on_agenda
from meetings.models import AgendaPoint, Agreement, Contribution, Meeting, Owner, TensionDate
from tests.acting import Browser, as_worker, browser
from tests.make import at, make_alliance, make_meeting, make_signal, make_theme, members

from .talking import text

pytestmark = pytest.mark.django_db
LONG = "x" * 100_000


@pytest.fixture
def table() -> Alliance:
    return make_alliance(members=6)


@pytest.fixture
def other(table: Alliance) -> Browser:
    return browser(members(table)[0].user)


@pytest.fixture
def tonight(table: Alliance) -> Meeting:
    now = timezone.now()
    return make_meeting(table, now - timedelta(minutes=10), ends_at=now + timedelta(minutes=140))


def page(name: str, of: Meeting) -> str:
    return reverse(f"meetings:{name}", args=[of.uuid])


def note(words: str, version: int = 0, key: str = "round", **more: object) -> dict[str, object]:
    return {"key": key, "notes": words, "version": version, **more}


def kept(meeting: Meeting, key: str = "round") -> tuple[str, int]:
    with as_worker():
        point = AgendaPoint.objects.get(meeting=meeting, key=key)
    return point.notes, point.version


# --- notes


def test_notes_are_kept_per_item(mine: Browser, other: Browser, tonight: Meeting):
    saved = mine.post(page("evening", tonight), note("Rustig in de straat."))
    assert (saved.status_code, saved["Location"]) == (303, page("evening", tonight) + "#item-round")
    assert "Rustig in de straat." in text(other.get(page("evening", tonight)))
    other.post(page("evening", tonight), note("Rustig.", 1))
    assert kept(tonight) == ("Rustig.", 2)


def test_two_who_write_at_once_lose_nothing(mine: Browser, other: Browser, tonight: Meeting):
    mine.post(page("evening", tonight), note("De lamp is stuk."))
    late = other.post(page("evening", tonight), note("Het pad is glad."))
    assert late.status_code == 409
    assert "Iemand anders schreef hier tegelijk met jou." in text(late)
    form = late.context["form"]
    assert form["notes"].value() == "De lamp is stuk.\n\nHet pad is glad."
    assert kept(tonight) == ("De lamp is stuk.", 1)
    again = {"notes": form["notes"].value(), "version": form["version"].value(), "key": "round"}
    assert other.post(page("evening", tonight), again).status_code == 303
    assert kept(tonight) == ("De lamp is stuk.\n\nHet pad is glad.", 2)


def test_the_same_words_twice_are_no_clash(mine: Browser, other: Browser, tonight: Meeting):
    mine.post(page("evening", tonight), note("Rustig."))
    assert other.post(page("evening", tonight), note("Rustig.")).status_code == 303
    assert kept(tonight) == ("Rustig.", 1)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [(LONG, "4000"), ("🔥🔥", "in woorden"), ("Zijn nummer is 06 12345678.", "Gaat dit over één persoon?")],
)
def test_bad_notes_stay_in_the_field(mine: Browser, tonight: Meeting, words: str, sentence: str):
    answer = mine.post(page("evening", tonight), note(words))
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert words in answer.content.decode()
    with as_worker():
        assert not AgendaPoint.objects.exists()


def test_who_keeps_it_after_the_guards_question_keeps_it(mine: Browser, tonight: Meeting):
    assert mine.post(page("evening", tonight), note("Bel 06 12345678.", guard="keep")).status_code == 303
    assert kept(tonight) == ("Bel 06 12345678.", 1)


def test_right_to_left_and_markup_stay_text(mine: Browser, tonight: Meeting):
    mine.post(page("evening", tonight), note("<script>x</script> ضوء"))
    shown = text(mine.get(page("evening", tonight)))
    assert "<script>x" not in shown
    assert "ضوء" in shown


def test_what_left_the_agenda_meanwhile_keeps_its_notes(mine: Browser, table: Alliance, tonight: Meeting):
    signal = make_signal(table, level="watch", text="Onrust bij het plein")
    assert "Onrust bij het plein" in text(mine.get(page("evening", tonight)))
    with as_worker():
        type(signal).objects.filter(pk=signal.pk).update(closed_at=timezone.now(), outcome="Klaar.")
    assert mine.post(page("evening", tonight), note("Het was niets.", key=f"signal:{signal.uuid}")).status_code == 303
    shown = text(mine.get(page("evening", tonight)))
    assert "Onrust bij het plein" not in shown
    assert "Niet meer op de agenda" in shown
    assert "Het was niets." in shown


@pytest.mark.parametrize("key", ["", "x y", "<b>", "round:", "a" * 61, "Round"])
def test_strange_keys_are_not_there(mine: Browser, tonight: Meeting, key: str):
    assert mine.post(page("evening", tonight), note("Hoi.", key=key)).status_code == 404


@pytest.mark.parametrize("version", ["", "-1", "x", "99999999999"])
def test_strange_versions_lose_nothing(mine: Browser, tonight: Meeting, version: str):
    answer = mine.post(page("evening", tonight), {"key": "round", "notes": "Rustig.", "version": version})
    assert answer.status_code == 422
    assert "Rustig." in text(answer)


def test_no_notes_on_what_is_off(mine: Browser, table: Alliance):
    off = make_meeting(table, kind="extra", state="cancelled")
    answer = mine.post(page("evening", off), note("Rustig."))
    assert answer.status_code == 422
    assert "Deze avond gaat niet door." in text(answer)


# --- the round and who is there


def test_who_spoke_is_ticked_and_not_kept(mine: Browser, other: Browser, tonight: Meeting):
    saved = mine.post(page("evening", tonight), note("Rustig.", spoke=["0", "3", "<b>"]))
    assert saved["Location"] == page("evening", tonight) + "?spoke=0&spoke=3#item-round"
    shown = text(mine.get(saved["Location"]))
    assert [f'id="spoke-{n}" autocomplete="off" checked' in shown for n in range(6)] == [n in (0, 3) for n in range(6)]
    assert 'autocomplete="off" checked' not in text(other.get(page("evening", tonight)))


def test_who_is_there_by_a_tap(mine: Browser, me: Membership, table: Alliance, tonight: Meeting):
    people = members(table)
    for who in (me, people[0]):
        assert mine.post(page("present", tonight), {"there": f"{who.uuid}:1"}).status_code == 303
    assert "2 mensen zijn er" in text(mine.get(page("evening", tonight)))
    mine.post(page("present", tonight), {"there": f"{people[0].uuid}:0"})
    with as_worker():
        present = dict(tonight.attendances.values_list("membership_id", "present"))
    assert present[me.pk] is True
    assert present[people[0].pk] is None  # not ticked says nothing
    stranger = members(make_alliance(members=2))[0]
    for wrong in (f"{stranger.uuid}:1", "", "x", ":"):
        assert mine.post(page("present", tonight), {"there": wrong}).status_code == 303
    with as_worker():
        assert tonight.attendances.filter(present=True).count() == 1
        Meeting.objects.filter(pk=tonight.pk).update(ends_at=timezone.now())
    assert f"<strong>Er waren:</strong> {me.name}." in text(mine.get(page("meeting", tonight)))


def test_nobody_is_there_before_the_day(mine: Browser, me: Membership, table: Alliance):
    answer = mine.post(page("present", make_meeting(table)), {"there": f"{me.uuid}:1"}, follow=True)
    assert "Die avond moet nog komen." in text(answer)


# --- the agenda


def furnish(table: Alliance, meeting: Meeting) -> None:
    """One of each."""
    people = members(table)
    make_signal(table, level="watch", text="Onrust bij het plein")
    make_theme(table, title="Donker pad", raised_by=people[3], state="agenda", meeting=meeting)
    with as_worker():
        agreement = Agreement.objects.create(alliance=table, text="Lampen vragen", made_by=people[0])
        Owner.objects.create(agreement=agreement, membership=people[1], number=1, yes_at=timezone.now())
        for kind, words, then in (
            ("brings", "De sloten zijn besteld.", ""),
            ("question", "Wat missen jullie?", "Wij doen het."),
        ):
            Contribution.objects.create(
                alliance=table, meeting=meeting, membership=people[0], kind=kind, text=words, then=then
            )
        day = meeting.starts_at.date() + timedelta(days=20)
        TensionDate.objects.create(alliance=table, day=day, title="Opening van de opvang")


ORDER = [
    "Wat is er gedaan?",
    "Rondje",
    "Onrust bij het plein",
    "Donker pad",
    "Wat politie en gemeente meebrengen",
    "Wat hoor je van wie zelden iets zegt?",
    "Stel dat het spannend wordt: Opening van de opvang",
    "Wat gaan we doen?",
]


def test_everything_in_order_with_open_agreements_first(mine: Browser, table: Alliance):
    meeting = make_meeting(table, at("2027-03-04", "18:00"))
    furnish(table, meeting)
    for name in ("evening", "agenda", "meeting"):
        response = mine.get(page(name, meeting))
        titles = [point.item.title for point in response.context["agenda"].points]
        assert [title.startswith(start) for title, start in zip(titles, ORDER, strict=True)] == [True] * 8, titles
    shown = text(mine.get(page("evening", meeting)))
    for words in ("Lampen vragen", "De sloten zijn besteld.", "Wat missen jullie?", "Wij doen het."):
        assert words in shown


def test_the_paper_has_boxes_lines_and_no_names(mine: Browser, table: Alliance):
    meeting = make_meeting(table, at("2027-03-04", "18:00"))
    furnish(table, meeting)
    with as_worker():
        asked = Agreement.objects.create(alliance=table, text="Koffie zetten")
        Owner.objects.create(agreement=asked, membership=members(table)[2], number=1)
    paper = text(mine.get(page("agenda", meeting)))
    for words in (
        "Lampen vragen",
        "Gemeente. Loopt.",
        "Een bewoner. Wacht nog op een ja.",
        "Vraag aan ons: Wat missen jullie?",
        "Samen in vijf regels",
    ):
        assert words in paper
    assert not any(person.name in paper for person in members(table))


def test_an_evening_without_anything_still_has_its_round(mine: Browser, table: Alliance):
    meeting = make_meeting(table, at("2027-03-04", "18:00"))
    keys = [point.item.key for point in mine.get(page("agenda", meeting)).context["agenda"].points]
    assert keys == ["round", "brings", "seldom", "doing"]


def test_what_it_talked_about_stays_when_it_comes_up_again(mine: Browser, me: Membership, table: Alliance):
    before, after = (
        make_meeting(table, timezone.now() - timedelta(days=60)),
        make_meeting(table, timezone.now() + timedelta(days=9)),
    )
    theme = make_theme(table, title="Het pad achter de flat", state="agenda", meeting=before)
    with as_worker():
        discussed(theme=theme, by=me)
        put_on_agenda(theme=theme, meeting=after, by=me)
    for evening in (before, after):
        assert "Het pad achter de flat" in text(mine.get(page("meeting", evening)))


def test_what_this_evening_agreed_is_for_the_next_one(mine: Browser, table: Alliance, tonight: Meeting):
    now = timezone.now()
    before = make_meeting(table, now - timedelta(days=60), kind="extra")
    with as_worker():
        Agreement.objects.create(alliance=table, text="Vanavond afgesproken", meeting=tonight)
        old = {"alliance": table, "state": "done", "outcome": "Gelukt."}
        Agreement.objects.create(text="Sinds de vorige keer", closed_at=before.ends_at + timedelta(days=1), **old)
        Agreement.objects.create(text="Al lang gedaan", closed_at=before.ends_at - timedelta(days=1), **old)
        Agreement.objects.create(text="Niet meer nodig", closed_at=now, alliance=table, state="dropped")
    found = mine.get(page("evening", tonight)).context["agenda"].agreements
    assert [line.agreement.text for line in found] == ["Sinds de vorige keer"]


def test_minutes_are_planned_and_given_back(mine: Browser, other: Browser, table: Alliance):
    meeting = make_meeting(table, at("2027-03-04", "18:00"), ends_at=at("2027-03-04", "20:30"))
    theme = make_theme(table, title="Donker pad", state="agenda", meeting=meeting)
    form = mine.get(page("minutes", meeting)).context["form"]
    assert f"minutes-theme:{theme.uuid}" in form.fields
    mine.post(page("minutes", meeting), {f"minutes-theme:{theme.uuid}": "45"})
    shown = other.get(page("meeting", meeting))
    assert "<strong>45</strong> min" in text(shown)
    assert shown.context["agenda"].minutes <= 100
    mine.post(page("minutes", meeting), {f"minutes-theme:{theme.uuid}": "240"})
    assert "De avond duurt er 150." in text(mine.get(page("meeting", meeting)))
    mine.post(page("minutes", meeting), {})
    assert "<strong>30</strong> min" in text(mine.get(page("meeting", meeting)))
    for wrong in ("0", "-5", "241", "x", LONG, "²"):
        answer = mine.post(page("minutes", meeting), {"minutes-round": wrong})
        assert answer.status_code == 422, wrong
        assert list(answer.context["form"].errors) == ["minutes-round"]


def test_another_table_is_not_there(tonight: Meeting):
    stranger = browser(members(make_alliance(members=2))[0].user)
    for name in ("evening", "food", "dish", "thanks", "guests", "minutes"):
        assert stranger.get(page(name, tonight)).status_code == 404
        assert stranger.post(page(name, tonight)).status_code == 404
    assert stranger.post(page("present", tonight)).status_code == 404
