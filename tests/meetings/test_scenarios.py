"""What if: written down together, also by two at once, with nothing lost and both told."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from alliances.models import Alliance, JournalEntry, Membership
from meetings import actions
from meetings.models import Scenario, Theme
from tests.acting import Browser, as_worker, browser, fresh
from tests.make import make_alliance, make_scenario, make_theme, members

from .talking import as_me, queries, text

pytestmark = pytest.mark.django_db
WHAT = "Er gaat een filmpje rond van een aanhouding."


@pytest.fixture
def table() -> Alliance:
    return make_alliance(members=5)


@pytest.fixture
def me(table: Alliance) -> Membership:
    return members(table)[3]


@pytest.fixture
def other(table: Alliance) -> Browser:
    return browser(members(table)[0].user)


@pytest.fixture
def theme(table: Alliance) -> Theme:
    return make_theme(table, title="Aanhoudingen")


@pytest.fixture
def scenario(theme: Theme, me: Membership) -> Scenario:
    return make_scenario(theme, made_by=me, what=WHAT, who="De school\nen de winkels", first="Bel de school")


def edit_url(scenario: Scenario) -> str:
    return reverse("meetings:theme-scenario-edit", args=[scenario.uuid])


def opened(reader: Browser, scenario: Scenario) -> dict[str, str]:
    """The form as a browser would send it: line ends in the browser's own way."""
    response: Any = reader.get(edit_url(scenario))
    fields = {bound.html_name: str(bound.value() or "") for bound in response.context["form"]}
    fields |= {f"was_{name}": str(value) for name, value in response.context["was"].items() if name != "version"}
    del fields["together"]
    return {name: value.replace("\n", "\r\n") for name, value in fields.items()}


def again(response: Any) -> dict[str, str]:
    """The form that came back, as it would be sent once more."""
    form = response.context["form"]
    fields = {bound.html_name: str(bound.value() or "") for bound in form}
    return fields | {f"was_{name}": str(value) for name, value in response.context["was"].items() if name != "version"}


def test_from_the_theme_to_its_what_if(mine: Browser, theme: Theme):
    url = reverse("meetings:theme-scenario-new", args=[theme.uuid])
    assert url in text(mine.get(reverse("meetings:theme", args=[theme.uuid])))
    fields = {"what": WHAT, "talks": "De imam met de ouders", "first": "Bel de school", "third": "Kom samen"}
    page = text(mine.post(url, fields, follow=True))
    for said in (WHAT, "De imam met de ouders", "De eerste drie stappen", "Bel de school", "Kom samen"):
        assert said in page
    assert "Welke spanningen" not in page  # nothing was said about it
    assert "data-print" in page
    assert f"Stel dat: {WHAT}" in text(mine.get(reverse("meetings:theme", args=[theme.uuid])))
    assert WHAT in text(mine.get(url))  # a second one: those that are there stand above it
    with as_worker():
        assert JournalEntry.objects.get().verb == "made_scenario"


@pytest.mark.parametrize(("field", "typed", "sentence"), [
    ("what", "", "wat er kan gebeuren"),
    ("what", "🔥🔥", "in woorden"),
    ("first", "🔥", "in woorden"),
    ("tensions", "x" * 100_000, "500"),
    ("second", "x" * 100_000, "200"),
    ("talks", "Bel 06 12345678", "persoon"),
])  # fmt: skip
def test_bad_input_has_a_sentence_and_stays(mine: Browser, theme: Theme, field: str, typed: str, sentence: str):
    url = reverse("meetings:theme-scenario-new", args=[theme.uuid])
    refused: Any = mine.post(url, {"what": WHAT, "who": "De hele straat", field: typed})
    assert refused.status_code == 422
    assert sentence in " ".join(refused.context["form"].errors[field])
    assert "De hele straat" in text(refused)
    with as_worker():
        assert not Scenario.objects.exists()


def test_changing_it(mine: Browser, scenario: Scenario):
    fields = opened(mine, scenario) | {"second": "Kom samen"}
    assert "Iedereen aan tafel kan het lezen" in text(mine.post(edit_url(scenario), fields, follow=True))
    now = fresh(scenario)
    assert (now.second, now.first, now.version, now.merged) == ("Kom samen", "Bel de school", 2, False)
    assert now.who == "De school\nen de winkels"  # the browser's line ends are not a change


def test_two_at_once_in_different_places_are_both_kept_and_told(mine: Browser, other: Browser, scenario: Scenario):
    first, second = opened(mine, scenario), opened(other, scenario)
    mine.post(edit_url(scenario), first | {"first": "Bel de imam"})
    told = text(other.post(edit_url(scenario), second | {"third": "Schrijf een bericht"}, follow=True))
    assert "Iemand anders paste het tegelijk aan" in told
    now = fresh(scenario)
    assert (now.first, now.third, now.who) == ("Bel de imam", "Schrijf een bericht", "De school\nen de winkels")
    page = reverse("meetings:theme-scenario", args=[scenario.uuid])
    assert "Twee mensen pasten dit tegelijk aan" in text(mine.get(page))  # the other one is told too
    mine.post(edit_url(scenario), opened(mine, scenario))
    assert "Twee mensen pasten dit tegelijk aan" not in text(mine.get(page))


def test_two_at_once_in_the_same_place_lose_nothing(mine: Browser, other: Browser, scenario: Scenario):
    first, second = opened(mine, scenario), opened(other, scenario)
    mine.post(edit_url(scenario), first | {"first": "Bel de imam", "who": "Alleen de school"})
    clash: Any = other.post(edit_url(scenario), second | {"first": "Bel de <b>wijkagent</b>", "third": "Kom samen"})
    assert clash.status_code == 422
    page = text(clash)
    assert "Er is niets weg" in page
    assert "De ander schreef intussen" in page
    assert "Bel de imam" in page
    assert "Bel de &lt;b&gt;wijkagent&lt;/b&gt;" in page
    assert fresh(scenario).first == "Bel de imam"
    fields = again(clash)
    assert fields["who"] == "Alleen de school"  # where only the first one wrote
    assert fields["third"] == "Kom samen"
    other.post(edit_url(scenario), fields | {"first": "Bel de imam en de wijkagent"})
    now = fresh(scenario)
    assert (now.first, now.third, now.who) == ("Bel de imam en de wijkagent", "Kom samen", "Alleen de school")
    assert now.merged
    with as_worker():
        assert [entry.verb for entry in JournalEntry.objects.all()] == ["edited_scenario"] * 2


def test_a_third_meanwhile_clashes_once_more(mine: Browser, other: Browser, scenario: Scenario):
    first, second = opened(mine, scenario), opened(other, scenario)
    mine.post(edit_url(scenario), first | {"first": "Eerst"})
    clash = other.post(edit_url(scenario), second | {"first": "Anders"})
    mine.post(edit_url(scenario), opened(mine, scenario) | {"first": "Nog eens"})
    clash = other.post(edit_url(scenario), again(clash))
    assert clash.status_code == 422
    assert "Nog eens" in text(clash)


def test_what_both_wrote_alike_is_no_clash(mine: Browser, other: Browser, scenario: Scenario):
    first, second = opened(mine, scenario), opened(other, scenario)
    for reader, fields in ((mine, first), (other, second)):
        assert reader.post(edit_url(scenario), fields | {"first": "Bel de imam"}).status_code == 302
    assert fresh(scenario).first == "Bel de imam"


@pytest.mark.parametrize("version", ["", "x", "0", "9" * 40, "-3"])
def test_a_strange_version_overwrites_nothing(mine: Browser, scenario: Scenario, version: str):
    """Without what the page showed, everything typed differs from what is there: both are shown."""
    answer = mine.post(edit_url(scenario), {"what": "Iets heel anders", "version": version})
    assert answer.status_code == 422
    assert fresh(scenario).what == WHAT


def test_a_bad_field_while_two_edit_keeps_the_version(mine: Browser, other: Browser, scenario: Scenario):
    first, second = opened(mine, scenario), opened(other, scenario)
    mine.post(edit_url(scenario), first | {"first": "Bel de imam"})
    wrong: Any = other.post(edit_url(scenario), second | {"first": "🔥"})
    assert wrong.status_code == 422
    assert other.post(edit_url(scenario), again(wrong) | {"first": "Bel de wijkagent"}).status_code == 422
    assert fresh(scenario).first == "Bel de imam"


def test_only_for_the_table(me: Membership, scenario: Scenario):
    stranger = members(make_alliance(members=2))[0]
    reader = browser(stranger.user)
    for name in ("theme-scenario", "theme-scenario-edit"):
        assert reader.get(reverse(f"meetings:{name}", args=[scenario.uuid])).status_code == 404
    assert reader.get(reverse("meetings:theme-scenario", args=[me.uuid])).status_code == 404
    with pytest.raises(PermissionDenied):
        as_me(me, lambda: actions.make_scenario(theme=scenario.theme, words={"what": "x"}, by=stranger))


def test_ten_times_as_many_ask_no_more(mine: Browser, theme: Theme, scenario: Scenario):
    urls = [
        reverse("meetings:theme-scenario", args=[scenario.uuid]),
        reverse("meetings:theme-scenario-new", args=[theme.uuid]),
        edit_url(scenario),
    ]
    few = [queries(mine, url) for url in urls]
    for _n in range(10):
        make_scenario(theme)
    assert [queries(mine, url) for url in urls] == few
    assert max(few) <= 10
