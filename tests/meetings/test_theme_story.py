"""A theme over the years: what was said beside what was done, and whether who raised it recognises that."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from alliances.models import Alliance, JournalEntry, Membership
from alliances.policy import Refused
from meetings import actions
from meetings.models import AgendaPoint, Agreement, Consent, Contribution, Discussion, Feedback, Meeting, Theme
from tests.acting import Browser, as_worker, browser, fresh
from tests.make import (
    make_alliance,
    make_meeting,
    make_member,
    make_plan_of_action,
    make_question,
    make_scenario,
    make_theme,
    members,
)

from .talking import aged, as_me, past, queries, talked, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def table() -> Alliance:
    return make_alliance(members=6)


@pytest.fixture
def me(table: Alliance) -> Membership:
    return members(table)[3]


@pytest.fixture
def theme(table: Alliance, me: Membership) -> Theme:
    return aged(make_theme(table, raised_by=me, text="Elk weekend brandt er wel iets.", state="discussed"), 400)


def told(theme: Theme, words: str = "De lamp is gemaakt.", **fields: Any) -> Feedback:
    with as_worker():
        return Feedback.objects.create(theme=theme, text=words, **fields)


def agreed(theme: Theme, words: str, **fields: Any) -> Agreement:
    if fields.get("state"):
        fields.setdefault("closed_at", timezone.now() - timedelta(days=5))
    with as_worker():
        return Agreement.objects.create(alliance=theme.alliance, theme=theme, text=words, **fields)


def page(reader: Browser, theme: Theme) -> str:
    return text(reader.get(reverse("meetings:theme", args=[theme.uuid])))


def answer(reader: Browser, theme: Theme, said: str, read: int = 1) -> str:
    url = reverse("meetings:theme-recognise", args=[theme.uuid])
    return text(reader.post(url, {"answer": said, "read": str(read)}, follow=True))


def test_the_whole_story_with_what_did_not_work(mine: Browser, table: Alliance, theme: Theme):
    first, second = past(table, 300), past(table, 100)
    coming = make_meeting(table)
    past(table, 200)
    for evening in (first, second):
        talked(theme, evening)
    with as_worker():
        AgendaPoint.objects.create(meeting=first, key=f"theme:{theme.uuid}", notes="Vooral op vrijdag.")
        Theme.objects.filter(pk=theme.pk).update(state="agenda", meeting=coming)
    told(theme)
    agreed(theme, "De containers gaan op slot")
    agreed(theme, "Wie heeft de sleutel?")
    agreed(theme, "Een camera", state="failed", outcome="De eigenaar van de paal antwoordt niet.")
    agreed(theme, "Twee lampen erbij.", state="done")
    agreed(theme, "Een brief", state="dropped")
    shown = page(mine, theme)
    assert shown.index("Herken je dit?") < shown.index("Het hele verhaal")
    for said in (
        "Dit zei je",
        "Elk weekend brandt er wel iets.",
        "De lamp is gemaakt.",
        "Een camera. De eigenaar van de paal antwoordt niet.",
        "Ingebracht",
        "Besproken aan tafel",
        "Vooral op vrijdag.",
        "Afgesproken",
        "Niet gelukt",
        "Niet meer nodig",
        "Staat op de agenda",
        "3 avonden. Op 2 daarvan hadden we het hierover.",
        " weer.",
    ):
        assert said in shown, said
    assert "Wie heeft de sleutel?." not in shown
    assert shown.count('class="bond-dinners__talked"') == 2
    assert shown.count('class="bond-dinners__held"') == 1
    assert shown.count('class="bond-dinners__coming"') == 1
    done = shown[shown.index("Dit is ermee gedaan") : shown.index("Herken je dit?")]
    assert done.index("Twee lampen") < done.index("De lamp") < done.index("op slot") < done.index("Een camera")
    assert "Een brief" not in done


def test_yes_closes_it_gently(mine: Browser, me: Membership, theme: Theme):
    told(theme)
    assert "Dank je wel. Goed om te weten." in answer(mine, theme, "yes")
    assert fresh(theme).state == "resting"
    with as_worker():
        feedback = theme.feedback.get()
        assert (feedback.recognised, feedback.recognised_at is not None) == (True, True)
        assert JournalEntry.objects.get().verb == "recognised"
    shown = page(mine, theme)
    assert "Herken je dit?" not in shown
    assert "Herkend" in shown
    assert "al geantwoord" in answer(mine, theme, "no")
    assert fresh(theme).state == "resting"


@pytest.mark.parametrize("state", ["discussed", "resting", "proposed"])
def test_no_opens_it_again(mine: Browser, theme: Theme, state: str):
    with as_worker():
        Theme.objects.filter(pk=theme.pk).update(state=state)
    told(theme)
    assert "Het ligt weer op tafel." in answer(mine, theme, "no")
    assert fresh(theme).state == "proposed"
    with as_worker():
        assert JournalEntry.objects.get().verb == "reopened"
    assert "Niet herkend: weer op tafel" in page(mine, theme)
    told(theme, "Nu echt.")
    assert "Herken je dit?" in page(mine, theme)


def test_what_comes_up_and_what_somebody_works_on_does_not_rest(mine: Browser, table: Alliance, theme: Theme):
    told(theme)
    agreed(theme, "Nog een lamp")
    answer(mine, theme, "yes")
    assert fresh(theme).state == "discussed"
    with as_worker():
        Theme.objects.filter(pk=theme.pk).update(state="agenda", meeting=make_meeting(table))
    for said in ("yes", "no"):
        told(theme, said)
        answer(mine, theme, said)
        assert fresh(theme).state == "agenda"


def test_what_came_meanwhile_is_read_first(mine: Browser, theme: Theme):
    told(theme)
    told(theme, "Er kwam nog iets bij.")
    assert "intussen iets toegevoegd" in answer(mine, theme, "yes", read=1)
    with as_worker():
        assert set(theme.feedback.values_list("recognised", flat=True)) == {None}
    assert "Goed om te weten" in answer(mine, theme, "yes", read=2)


@pytest.mark.parametrize(("said", "read"), [("", "1"), ("maybe", "1"), ("yes", "x"), ("yes", "9" * 40), ("no", "-1")])
def test_a_strange_answer_changes_nothing(mine: Browser, theme: Theme, said: str, read: str):
    told(theme)
    url = reverse("meetings:theme-recognise", args=[theme.uuid])
    assert mine.post(url, {"answer": said, "read": read}, follow=True).status_code == 200
    with as_worker():
        assert theme.feedback.get().recognised is None


def test_only_who_raised_it_is_asked(table: Alliance, theme: Theme):
    told(theme)
    other = members(table)[4]
    shown = page(browser(other.user), theme)
    assert "Herken je dit?" not in shown
    assert "Alles krijgt een antwoord" in shown
    with pytest.raises(PermissionDenied):
        as_me(other, lambda: actions.recognise(theme=theme, yes=True, read=1, by=other))


def test_who_raised_it_is_asked_on_the_first_page(mine: Browser, table: Alliance, theme: Theme):
    """Also when it rests: everything gets an answer, and the answer reaches who began it."""
    with as_worker():
        Theme.objects.filter(pk=theme.pk).update(state="resting")
    for _n in range(5):
        make_theme(table)
    pages = [reverse(f"{name}", args=[table.uuid]) for name in ("alliances:alliance", "meetings:themes")]
    asked = "Herken je wat er is gedaan?"
    assert asked not in text(mine.get(pages[0]))
    told(theme)
    for page_url in pages:
        assert asked in text(mine.get(page_url))
        assert asked not in text(browser(members(table)[4].user).get(page_url))
    answer(mine, theme, "yes")
    for page_url in pages:
        assert asked not in text(mine.get(page_url))


def test_without_an_answer_nothing_is_asked(me: Membership, mine: Browser, theme: Theme):
    assert "Herken je dit?" not in page(mine, theme)
    with pytest.raises(Refused):
        as_me(me, lambda: actions.recognise(theme=theme, yes=True, read=0, by=me))


def test_talking_about_it_is_kept_with_the_evening(me: Membership, table: Alliance, theme: Theme):
    evening = past(table, 1)
    with as_worker():
        Theme.objects.filter(pk=theme.pk).update(state="agenda", meeting=evening)
    as_me(me, lambda: actions.discussed(theme=Theme.objects.get(), by=me))
    with as_worker():
        assert Discussion.objects.get().meeting_id == evening.pk


def test_talents_stand_beside_the_problem(mine: Browser, me: Membership, table: Alliance, theme: Theme):
    url = reverse("meetings:theme-talent", args=[theme.uuid])
    for wrong, sentence in (("", "wat je kunt bijdragen"), ("👍👍", "in woorden"), ("x" * 100_000, "500")):
        refused = mine.post(url, {"text": wrong})
        assert refused.status_code == 422
        assert sentence in " ".join(refused.context["form"].errors["text"])
    assert "persoon" in text(mine.post(url, {"text": "Bel Jan op 06 12345678."}))
    shown = text(mine.post(url, {"text": "Ik leen mijn garage uit. مرحبا"}, follow=True))
    assert "Ik leen mijn garage uit. مرحبا" in shown
    with as_worker():
        talent = Contribution.objects.get()
    other = browser(members(table)[4].user)
    back = reverse("meetings:theme-talent-back", args=[theme.uuid, talent.uuid])
    assert "Haal terug" not in page(other, theme)
    assert other.post(back).status_code == 404
    assert "Het is weg." in text(mine.post(back, follow=True))
    with as_worker():
        assert not Contribution.objects.exists()


def test_what_who_left_offered_is_not_shown(mine: Browser, table: Alliance, theme: Theme):
    gone = members(table)[5]
    with as_worker():
        Contribution.objects.create(
            alliance=table, membership=gone, kind="talent", theme=theme, text="Ik heb een busje."
        )
        Membership.objects.filter(pk=gone.pk).update(left_at=timezone.now())
    assert "busje" not in page(mine, theme)


def test_a_plan_to_which_everybody_said_yes_is_in_the_story(mine: Browser, table: Alliance, theme: Theme):
    plan = make_plan_of_action(table, theme=theme, title="Samen lopen")
    first, *others = members(table)
    as_me(first, lambda: actions.say_to_plan(plan=plan, value="object", why="Te vroeg.", by=first))
    for member in others:
        as_me(member, lambda member=member: actions.say_to_plan(plan=plan, value="live", why="", by=member))
    assert "Er ligt een plan op tafel" in page(mine, theme)
    assert "Iedereen kan ermee leven." not in page(mine, theme)
    as_me(first, lambda: actions.say_to_plan(plan=plan, value="agree", why="", by=first))
    assert "Iedereen kan ermee leven." in page(mine, theme)
    make_member(table)  # who comes later takes nothing back by saying nothing
    with as_worker():
        Membership.objects.filter(pk=first.pk).update(left_at=timezone.now())
    as_me(others[0], lambda: actions.end_plan_of_action(plan=plan, outcome="We liepen.", by=others[0]))
    shown = page(mine, theme)
    assert shown.index("Samen lopen.") < shown.index("Iedereen kan ermee leven.") < shown.index("We liepen.")
    with as_worker():
        Consent.objects.filter(plan=plan).update(value="agree")
    assert "Iedereen akkoord." in page(mine, theme)


def test_a_question_to_others_is_in_the_story(mine: Browser, table: Alliance, theme: Theme):
    today = timezone.localdate()
    question = make_question(table, theme=theme, to="De burgemeester", text="Komt er toezicht?", promised_on=today)
    shown = page(mine, theme)
    assert shown.index("Ingebracht") < shown.index("Samen gevraagd") < shown.index("De burgemeester: Komt er toezicht?")
    assert "Antwoord is beloofd" in shown
    by = members(table)[0]
    as_me(by, lambda: actions.keep_answer(question=question, answer="Ja, de hele avond", by=by))
    shown = page(mine, theme)
    assert shown.index("Komt er toezicht?") < shown.index("Beantwoord") < shown.index("Ja, de hele avond.")
    assert "Antwoord is beloofd" not in shown


def test_ten_times_the_history_asks_no_more(mine: Browser, table: Alliance, theme: Theme, me: Membership):
    url = reverse("meetings:theme", args=[theme.uuid])

    def more(times: int) -> None:
        for n in range(times):
            evening: Meeting = past(table, 30 + n)
            talked(theme, evening)
            told(theme, by=me, recognised=True, recognised_at=timezone.now())
            agreed(theme, "Iets", state="done")
            make_scenario(theme)
            make_plan_of_action(table, theme=theme)
            make_question(table, theme=theme)
            with as_worker():
                AgendaPoint.objects.create(meeting=evening, key=f"theme:{theme.uuid}", notes="Ja.")
                Contribution.objects.create(alliance=table, membership=me, kind="talent", theme=theme, text="Ik.")

    more(2)
    few = queries(mine, url)
    more(20)
    assert queries(mine, url) == few
    assert few <= 18
