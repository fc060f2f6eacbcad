"""The pages of agreements, plans, questions and the report: what they say, what bad input gets, and what they cost."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from alliances.models import Alliance, Membership
from meetings.models import ActionPlan, Agreement, Consent, Correction, JointQuestion, Meeting, Report
from tests.acting import Browser, as_worker, browser, fresh
from tests.make import (
    make_agreement,
    make_attendance,
    make_meeting,
    make_plan_of_action,
    make_question,
    make_report,
    make_theme,
    members,
)

from .talking import text

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
LINES = ("discussed", "agreed", "who", "outside", "next")


@pytest.fixture
def meeting(table: Alliance) -> Meeting:
    return make_meeting(table, timezone.now() - timedelta(days=1))


def fields(response: Any) -> dict[str, str]:
    """The form as a browser would send it back."""
    return {bound.html_name: bound.value() or "" for bound in response.context["form"]}


# --- the report


def test_written_shared_bettered_and_said_to_be_right(mine: Browser, meeting: Meeting, me: Membership):
    make_agreement(meeting.alliance, me, text="Vraagt om licht", meeting=meeting)
    url = reverse("meetings:report", args=[meeting.uuid])
    page = mine.get(url)
    assert "in vijf regels" in text(page)
    begun = fields(page)
    assert begun["agreed"] == "Vraagt om licht."
    assert begun["began_agreed"] == ""
    shared = mine.post(url, {**begun, "outside": "Er komt licht.", "share": "1"}, follow=True)
    assert "Klopt dit? Iedereen die erbij was" in text(shared)
    assert "Nog 7 dagen" in text(shared)
    better = reverse("meetings:report-better", args=[meeting.uuid, "outside"])
    answer = mine.post(better, {"text": "Er komt misschien licht.", "began": "Er komt licht."}, follow=True)
    assert f'{me.name} verbeterde dit. Eerst stond er: <del dir="auto">Er komt licht.</del>' in text(answer)
    right = mine.post(reverse("meetings:report-right", args=[meeting.uuid]), follow=True)
    assert "1 van de 10 die erbij waren, zei al ja." in text(right)
    assert "Ja, dit klopt" not in text(right)


def test_two_people_at_once_and_nothing_is_lost(mine: Browser, meeting: Meeting, table: Alliance):
    other = browser(members(table)[5].user)
    url = reverse("meetings:report", args=[meeting.uuid])
    begun = fields(mine.get(url))
    other.post(url, {**begun, "discussed": "Licht\r\nen donker"})
    clash = mine.post(url, {**begun, "discussed": "Brommers", "next": "Samen lopen"})
    assert clash.status_code == 409
    said = text(clash)
    for kept in ("Iemand schreef tegelijk met jou", "Licht<br>en donker", "Brommers", "Samen lopen"):
        assert kept in said
    again = mine.post(url, {**fields(clash), "discussed": "Licht, donker en brommers"}, follow=True)
    assert "Bewaard" in text(again)
    with as_worker():
        assert Report.objects.get().discussed == "Licht, donker en brommers"
        assert Correction.objects.get(line="discussed").before == "Licht\nen donker"
    shared = other.post(reverse("meetings:report-share", args=[meeting.uuid]), follow=True)
    assert "Licht<br>en donker</del>" in text(shared)  # who was first reads what was changed, and by whom


def test_two_better_one_line_at_once(mine: Browser, meeting: Meeting, table: Alliance):
    make_report(meeting)
    other = browser(members(table)[5].user)
    url = reverse("meetings:report-better", args=[meeting.uuid, "agreed"])
    begun = fields(mine.get(url))
    other.post(url, {**begun, "text": "Licht bij de school."})
    clash = mine.post(url, {**begun, "text": "Licht op het pad."})
    assert clash.status_code == 409
    assert "Licht bij de school." in text(clash)
    assert "Licht op het pad." in text(clash)
    mine.post(url, {**fields(clash), "text": "Licht op het pad en bij de school."})
    with as_worker():
        assert Report.objects.get().agreed == "Licht op het pad en bij de school."


@pytest.mark.parametrize("name", ["report", "report-better"])
def test_a_book_pasted_into_it_is_told_and_kept_in_the_field(mine: Browser, meeting: Meeting, name: str):
    book = "Licht op het pad. " * 5700  # about 100 kB
    if name == "report":
        url, data = reverse("meetings:report", args=[meeting.uuid]), {"discussed": book}
    else:
        make_report(meeting)
        url, data = reverse("meetings:report-better", args=[meeting.uuid, "agreed"]), {"text": book, "began": "x"}
    answer = mine.post(url, data)
    assert answer.status_code == 422
    assert "Deze regel is te lang: 10" in text(answer)
    assert book.strip() in answer.content.decode()
    assert 'maxlength="600"' not in answer.content.decode()  # a browser would cut it off without a word


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("Bel hem op 06-12345678.", "telefoonnummer"),
        ("Kijk uit voor 12-AB-34.", "kenteken"),
    ],
)
def test_the_guard_asks_and_the_member_decides(mine: Browser, meeting: Meeting, typed: str, told: str):
    url = reverse("meetings:report", args=[meeting.uuid])
    asked = mine.post(url, {"discussed": typed})
    assert asked.status_code == 422
    assert told in text(asked)
    assert typed in text(asked)
    kept = mine.post(url, {"discussed": typed, "guard": "keep"})
    assert kept.status_code == 303


def test_right_to_left_text_and_emoji_are_kept_as_they_are(mine: Browser, meeting: Meeting):
    mine.post(reverse("meetings:report", args=[meeting.uuid]), {"discussed": "السلام عليكم 🙂 <b>licht</b>"})
    with as_worker():
        assert Report.objects.get().discussed == "السلام عليكم 🙂 <b>licht</b>"
    page = mine.post(reverse("meetings:report-share", args=[meeting.uuid]), follow=True)
    assert "&lt;b&gt;licht&lt;/b&gt;" in text(page)


def test_who_was_not_there_reads_and_betters_nothing(mine: Browser, meeting: Meeting, table: Alliance):
    make_attendance(meeting, members(table)[0], "coming")
    make_report(meeting)
    page = mine.get(reverse("meetings:report", args=[meeting.uuid]))
    assert "Verbeter het" not in text(page)
    assert "Wie erbij was, kan dat zeggen." in text(page)
    assert mine.post(reverse("meetings:report-right", args=[meeting.uuid])).status_code == 403
    assert mine.get(reverse("meetings:report-better", args=[meeting.uuid, "nonsense"])).status_code == 404


def test_a_final_report_has_no_forms(mine: Browser, meeting: Meeting):
    make_report(meeting, shared_at=timezone.now() - timedelta(days=8))
    page = mine.get(reverse("meetings:report", args=[meeting.uuid]))
    assert "Dit verslag ligt vast sinds" in text(page)
    assert "<textarea" not in page.content.decode()
    url = reverse("meetings:report-better", args=[meeting.uuid, "agreed"])
    answer = mine.post(url, {"text": "Toch anders", "began": "We vragen om licht."})
    assert answer.status_code == 422
    assert "er zijn zeven dagen voorbij" in text(answer)
    assert "Toch anders" in text(answer)


# --- agreements


def test_agreed_asked_done_and_told(mine: Browser, table: Alliance, me: Membership):
    theme = make_theme(table, raised_by=members(table)[0])
    owner = members(table)[5]
    new = reverse("meetings:agreement-new", args=[table.uuid])
    page = mine.get(new, {"thema": str(theme.uuid)})
    assert f'<option value="{theme.uuid}" selected>' in text(page)
    data = {"text": "Lampen tellen", "owners": [str(owner.uuid)], "due_on": "", "theme": str(theme.uuid)}
    listed = mine.post(new, data, follow=True)
    assert f"Wacht op ja van {owner.name}." in text(listed)
    assert "Ja, dat doe ik" not in text(listed)
    theirs = browser(owner.user)
    assert "Ja, dat doe ik" in text(theirs.get(reverse("meetings:agreements", args=[table.uuid])))
    assert "Eén ding wacht op jouw ja" in text(theirs.get(reverse("meetings:agreements", args=[table.uuid])))
    with as_worker():
        made = Agreement.objects.get()
    said = theirs.post(reverse("meetings:agreement-yes", args=[made.uuid]), follow=True)
    assert "Het lukt me toch niet" in text(said)
    close = reverse("meetings:agreement-failed", args=[made.uuid])
    assert fields(theirs.get(close))["told"] == "Niet gelukt: Lampen tellen"
    refused = theirs.post(close, {"outcome": "", "told": "x"})
    assert refused.status_code == 422
    assert "Schrijf waarom het niet lukte." in text(refused)
    done = theirs.post(close, {"outcome": "Het regende.", "told": "Het tellen lukte niet."}, follow=True)
    assert "Niet gelukt, omdat: Het regende." in text(done)
    assert "Het tellen lukte niet." in text(mine.get(reverse("meetings:theme", args=[theme.uuid])))


@pytest.mark.parametrize(
    ("name", "data", "field", "sentence"),
    [
        ("agreement-new", {"text": ""}, "text", "Schrijf in één zin wat je afspreekt."),
        ("agreement-new", {"text": "🙂"}, "text", "Schrijf het in woorden."),
        ("agreement-new", {"text": "Licht", "due_on": "2020-01-01"}, "due_on", "Deze dag is al geweest."),
        ("agreement-new", {"text": "Licht", "due_on": "9999-12-31"}, "due_on", "meer dan twee jaar"),
        ("agreement-new", {"text": "Licht", "due_on": "31-2-2030"}, "due_on", "Deze dag bestaat niet."),
        ("agreement-new", {"text": "Licht", "owners": ["x"]}, "owners", "Kies mensen die aan tafel zitten."),
        ("plan-of-action-new", {"title": "🙂"}, "title", "Schrijf het in woorden."),
        ("plan-of-action-new", {"title": "Pad", "text": ""}, "text", "Schrijf hoe je het doet."),
        ("plan-of-action-new", {"title": "Pad", "review_on": "2020-01-01"}, "review_on", "Deze dag is al geweest."),
        ("question-new", {"to": ""}, "to", "Schrijf aan wie je het vraagt."),
        ("question-new", {"asked_on": "9998-01-01"}, "asked_on", "Deze dag moet nog komen."),
        (
            "question-new",
            {"asked_on": "2026-03-02", "promised_on": "2026-03-01"},
            "promised_on",
            "vóór je vraag",
        ),
    ],
)
def test_bad_input_is_told_beside_the_field(
    mine: Browser, table: Alliance, name: str, data: dict[str, Any], field: str, sentence: str
):
    answer = mine.post(reverse(f"meetings:{name}", args=[table.uuid]), data)
    assert answer.status_code == 422
    assert sentence in " ".join(answer.context["form"].errors[field])
    assert f'id="id_{field}_error"' in answer.content.decode()
    with as_worker():
        assert not Agreement.objects.exists()
        assert not ActionPlan.objects.exists()
        assert not JointQuestion.objects.exists()


def test_three_owners_are_one_too_many(mine: Browser, table: Alliance):
    owners = [str(seat.uuid) for seat in members(table)[:3]]
    answer = mine.post(reverse("meetings:agreement-new", args=[table.uuid]), {"text": "Licht", "owners": owners})
    assert answer.status_code == 422
    assert "Kies één of twee mensen." in text(answer)


def test_an_agreement_that_is_late_may_keep_its_day(mine: Browser, table: Alliance, me: Membership):
    made = make_agreement(table, me, text="Licht", due_on=TODAY - timedelta(days=3))
    url = reverse("meetings:agreement-change", args=[made.uuid])
    begun = {**fields(mine.get(url)), "due_on": made.due_on.isoformat() if made.due_on else ""}
    assert mine.post(url, {**begun, "text": "Meer licht"}).status_code == 303
    assert fresh(made).text == "Meer licht"


def test_the_drawing_and_the_table_behind_it_say_the_same(mine: Browser, table: Alliance, me: Membership):
    now = timezone.now()
    make_agreement(table, me, due_on=TODAY - timedelta(days=3))
    make_agreement(table, me, state="done", closed_at=now)
    make_agreement(table, me, state="failed", outcome="Regen", closed_at=now)
    page = mine.get(reverse("meetings:agreements", args=[table.uuid]))
    said = text(page)
    assert said.count('class="bond-quarters__late"') == 2  # the bar and the legend
    assert "<strong>1</strong> open na de dag" in said
    assert "Hetzelfde als tabel" in said
    assert "style=" not in said
    assert "bond-agreement--late" in said


def test_each_writes_only_what_their_own_seat_brings(mine: Browser, table: Alliance, me: Membership):
    url = reverse("meetings:seat", args=[table.uuid])
    page = mine.post(url, {"offers": "Sleutels van de zaal", "needs": ""}, follow=True)
    assert "Sleutels van de zaal" in text(page)
    theirs = browser(members(table)[0].user)
    assert fields(theirs.get(url))["offers"] == ""
    assert "Sleutels van de zaal" in text(theirs.get(reverse("meetings:agreements", args=[table.uuid])))


# --- plans and questions


def test_a_plan_from_the_first_word_to_what_came_of_it(mine: Browser, table: Alliance, me: Membership):
    data = {"title": "Veilig pad", "text": "We lopen samen.", "review_on": (TODAY + timedelta(days=40)).isoformat()}
    page = mine.post(reverse("meetings:plan-of-action-new", args=[table.uuid]), data, follow=True)
    assert "1 akkoord, 9 zeiden nog niets." in text(page)
    with as_worker():
        plan = ActionPlan.objects.get()
    theirs = browser(members(table)[0].user)
    url = reverse("meetings:plan-of-action", args=[plan.uuid])
    refused = theirs.post(url, {"value": "object", "why": ""})
    assert refused.status_code == 422
    assert "Schrijf wat je bezwaar is." in text(refused)
    said = theirs.post(url, {"value": "object", "why": "Te laat op de avond."}, follow=True)
    assert "1 bezwaar, 1 akkoord, 8 zeiden nog niets." in text(said)
    assert text(said).index("Te laat op de avond.") < text(said).index(f"<strong>{me.name}:")
    ended = mine.post(reverse("meetings:plan-of-action-end", args=[plan.uuid]), {"outcome": "Rustiger."}, follow=True)
    assert "Rustiger." in text(ended)
    assert "<textarea" not in ended.content.decode()


def test_after_its_day_a_plan_asks_to_be_looked_at(mine: Browser, table: Alliance):
    plan = make_plan_of_action(table, review_on=TODAY)
    assert "Tijd om er weer naar te kijken" in text(mine.get(reverse("meetings:plans-of-action", args=[table.uuid])))
    assert "Tijd om er weer naar te kijken" in text(mine.get(reverse("meetings:plan-of-action", args=[plan.uuid])))


def test_a_question_its_promise_and_its_answer(mine: Browser, table: Alliance):
    question = make_question(table, promised_on=TODAY - timedelta(days=2))
    listed = text(mine.get(reverse("meetings:questions", args=[table.uuid])))
    assert "Eén vraag wacht op antwoord" in listed
    assert "Het is er nog niet." in listed
    promise = reverse("meetings:question-promise", args=[question.uuid])
    wrong = mine.post(promise, {"promised_on": "2020-01-01"})
    assert wrong.status_code == 422
    assert "vóór je vraag" in text(wrong)
    mine.post(promise, {"promised_on": (TODAY + timedelta(days=9)).isoformat()})
    answered = mine.post(reverse("meetings:question-answer", args=[question.uuid]), {"answer": "In mei."}, follow=True)
    assert "In mei." in text(answered)
    assert "Beantwoord op" in text(answered)


# --- what it costs


def queries(client: Browser, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return sum(not query["sql"].startswith(("SAVEPOINT", "RELEASE")) for query in captured.captured_queries)


def grow(table: Alliance, meeting: Meeting, plan: ActionPlan, times: int) -> None:
    seats, theme, now = members(table), make_theme(table), timezone.now()
    report = Report.objects.filter(meeting=meeting)
    for n in range(times):
        make_agreement(table, *seats[:2], theme=theme, plan=plan, meeting=meeting, text=f"Nr {n}")
        make_agreement(table, seats[2], theme=theme, state="done", closed_at=now)
        make_question(table, theme=theme)
        make_plan_of_action(table, theme=theme)
        with as_worker():
            found = report.get()
            Correction.objects.create(report=found, line="agreed", before=f"Was {n}", after="x", by=seats[n % 9])
            Consent.objects.update_or_create(plan=plan, membership=seats[n % 9], defaults={"value": "agree"})


def test_the_same_number_of_queries_with_ten_times_the_rows(mine: Browser, table: Alliance, meeting: Meeting):
    make_report(meeting)
    plan = make_plan_of_action(table)
    grow(table, meeting, plan, 2)
    with as_worker():
        agreement = Agreement.objects.first()
    assert agreement
    urls = [
        reverse("meetings:agreements", args=[table.uuid]),
        reverse("meetings:agreement", args=[agreement.uuid]),
        reverse("meetings:agreement-new", args=[table.uuid]),
        reverse("meetings:plans-of-action", args=[table.uuid]),
        reverse("meetings:plan-of-action", args=[plan.uuid]),
        reverse("meetings:questions", args=[table.uuid]),
        reverse("meetings:report", args=[meeting.uuid]),
    ]
    few = [queries(mine, url) for url in urls]
    grow(table, meeting, plan, 20)
    assert [queries(mine, url) for url in urls] == few
    assert max(few) <= 12
