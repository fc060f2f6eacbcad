"""The alliance's page, home, the journal, and what anybody at the table may do."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from alliances import actions
from alliances.actions.tidying import tidy_up
from alliances.models import Alliance, HouseRules, JournalEntry, Membership, Proposal
from messaging.models import Message
from tests import make
from tests.acting import acting_as, as_worker, browser, fresh
from tests.cast import Cast


def page(name: str, thing: object) -> str:
    return reverse(f"alliances:{name}", args=[thing.uuid])  # type: ignore[attr-defined]  # anything with a uuid


def test_home_leads_to_ones_own_place(cast: Cast) -> None:
    assert browser(cast.resident).get("/").url == page("alliance", cast.table)
    assert browser(cast.coordinator).get("/").url == reverse("alliances:coordination")
    assert browser(cast.administrator).get("/").url == reverse("admin:index")
    assert browser(cast.stranger).get("/").status_code == 200
    make.make_member(cast.other, cast.resident)
    both = browser(cast.resident).get("/").content.decode()
    assert page("alliance", cast.table) in both
    assert page("alliance", cast.other) in both


def test_the_page_shows_who_sits_where(cast: Cast) -> None:
    shown = browser(cast.police).get(page("alliance", cast.table)).content.decode()
    assert "1 politie, 1 gemeente, 8 bewoners" in shown
    assert "Buurvrouw Noor" in shown
    assert "wijkagent" in shown


def test_all_free_seats_are_one_link(cast: Cast) -> None:
    table = make.make_alliance("Ruim", members=[cast.stranger])
    shown = browser(cast.stranger).get(page("alliance", table)).content.decode()
    assert shown.count('class="bond-table__free"') == 1


def test_a_forming_table_says_what_is_missing(cast: Cast) -> None:
    table = make.make_alliance("Nieuw", state="forming")
    make.make_member(table, cast.stranger)
    make.make_invitation(table, role="police")
    shown = browser(cast.stranger).get(page("alliance", table)).content.decode()
    assert "De tafel staat klaar" in shown
    assert "dat ben jij" in shown
    assert "is gevraagd. De link werkt nog 13 dagen." in shown
    assert shown.count("mist nog") >= 2


@pytest.mark.parametrize(
    "name", ["alliance", "desk", "invite", "journal", "pause", "leave", "proposals", "propose", "welcome"]
)
def test_another_table_is_404(cast: Cast, name: str) -> None:
    for who in (cast.neighbour, cast.coordinator, cast.administrator):
        assert browser(who).get(page(name, cast.table)).status_code == 404
    assert browser(cast.resident).get(page(name, cast.table)).status_code == 200


def queries_of(cast: Cast) -> list[str]:
    client = browser(cast.resident)
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get(page("alliance", cast.table)).status_code == 200
    # Savepoints stand for the request's transaction, and the last line is the test client's own.
    asked = [query["sql"] for query in caught if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    return asked[:-1] if "anonymous" in asked[-1] else asked


def test_twelve_queries_with_ten_tables_and_with_many(cast: Cast) -> None:
    few = queries_of(cast)
    assert len(few) <= 12, "\n".join(few)
    with as_worker():
        Alliance.objects.bulk_create(Alliance(area=cast.area, name=f"Veel {n}") for n in range(2000))
    assert len(queries_of(cast)) == len(few)


def test_a_pause_of_ones_own_and_back(cast: Cast) -> None:
    client = browser(cast.resident)
    until = timezone.localdate() + timedelta(days=9)
    assert client.post(page("pause", cast.table), {"until": timezone.localdate()}).status_code == 422
    assert client.post(page("pause", cast.table), {"until": "gisteren"}).status_code == 422
    assert client.post(page("pause", cast.table), {"until": until}).url == page("alliance", cast.table)
    assert fresh(cast.seat(cast.resident)).paused_until == until
    assert "Je hebt pauze tot" in client.get(page("alliance", cast.table)).content.decode()
    client.post(page("resume", cast.table))
    assert fresh(cast.seat(cast.resident)).paused_until is None


@pytest.mark.parametrize("forget", [True, False])
def test_leaving_frees_the_seat_and_keeps_the_history(cast: Cast, forget: bool) -> None:
    seat = cast.seat(cast.resident)
    browser(cast.police).get(page("journal", cast.table))
    with acting_as(cast.resident):
        actions.record("invited", alliance_id=cast.table.pk, by=seat)
    client = browser(cast.resident)
    assert client.post(page("leave", cast.table), {"forget_name": "on"} if forget else {}).url == "/"
    now = fresh(seat)
    assert now.left_at
    assert (now.user_id is None) == forget
    assert client.get(page("alliance", cast.table)).status_code == 404
    told = browser(cast.police).get(page("journal", cast.table)).content.decode()
    assert ("Buurvrouw Noor nodigde iemand uit" in told) != forget
    assert ("Een vroegere bondgenoot nodigde iemand uit" in told) == forget


def test_new_house_rules_are_asked_again(cast: Cast) -> None:
    client = browser(cast.resident)
    assert page("pledge", cast.table) not in client.get(page("alliance", cast.table)).content.decode()
    with as_worker():
        newest = HouseRules.objects.create(version=2, text_nl="Eén.", text_en="One.")
    assert page("pledge", cast.table) in client.get(page("alliance", cast.table)).content.decode()
    assert "Eén." in client.get(page("pledge", cast.table)).content.decode()
    client.post(page("pledge", cast.table))
    assert fresh(cast.seat(cast.resident)).house_rules_id == newest.pk
    assert page("pledge", cast.table) not in client.get(page("alliance", cast.table)).content.decode()


def test_two_roles_decide_on_a_break(cast: Cast) -> None:
    client = browser(cast.resident)
    until = timezone.localdate() + timedelta(days=30)
    asked = {"kind": "pause", "until": until, "reason": "Zomer"}
    assert client.post(page("propose", cast.table), asked).url == page("proposals", cast.table)
    assert client.post(page("propose", cast.table), asked).status_code == 422  # proposed already, nothing typed is lost
    with as_worker():
        proposal = Proposal.objects.get()
    assert "voorstel op tafel" in browser(cast.young).get(page("alliance", cast.table)).content.decode()
    assert browser(cast.young).post(page("proposal-agree", proposal)).status_code == 403  # the same role
    assert browser(cast.neighbour).post(page("proposal-agree", proposal)).status_code == 404
    assert browser(cast.police).post(page("proposal-agree", proposal)).url == page("alliance", cast.table)
    assert fresh(cast.table).state == "paused"
    browser(cast.young).post(page("resume-table", cast.table))
    assert fresh(cast.table).state == "active"


def test_who_is_asked_to_leave_is_heard_first(cast: Cast) -> None:
    about = cast.seat(cast.resident)
    asked = {"kind": "remove", "about": str(about.uuid), "reason": "Komt nooit."}
    browser(cast.young).post(page("propose", cast.table), asked)
    with as_worker():
        proposal = Proposal.objects.get()
        assert Message.objects.filter(kind="proposal_made", user=cast.resident).exists()
    browser(cast.police).post(page("proposal-agree", proposal))
    assert fresh(about).left_at is None
    me = browser(cast.resident)
    assert "Komt nooit." in me.get(page("proposals", cast.table)).content.decode()
    assert me.post(page("proposal-answer", proposal), {"text": ""}).status_code == 422
    me.post(page("proposal-answer", proposal), {"text": "Ik was ziek."})
    assert "Ik was ziek." in browser(cast.police).get(page("proposals", cast.table)).content.decode()
    browser(cast.police).post(page("proposal-agree", proposal))
    assert fresh(about).left_at


def test_the_reason_is_guarded(cast: Cast) -> None:
    asked = {"kind": "end", "reason": "Bel 06 12 34 56 78"}
    client = browser(cast.resident)
    warned = client.post(page("propose", cast.table), asked)
    assert warned.status_code == 422
    assert 'value="keep"' in warned.content.decode()
    assert client.post(page("propose", cast.table), {**asked, "guard": "keep"}).status_code == 302


def test_taking_a_proposal_back(cast: Cast) -> None:
    client = browser(cast.resident)
    client.post(page("propose", cast.table), {"kind": "end"})
    with as_worker():
        proposal = Proposal.objects.get()
    assert browser(cast.police).post(page("proposal-withdraw", proposal)).status_code == 403
    client.post(page("proposal-withdraw", proposal))
    assert fresh(proposal).closed_at


def test_time_ends_breaks_and_links_and_forgets_addresses(cast: Cast) -> None:
    now = timezone.now()
    late = make.make_invitation(cast.other, expires_at=now - timedelta(minutes=1))
    old = make.make_invitation(
        cast.other, state="revoked", way="mail", address="weg@voorbeeld.example", ended_at=now - timedelta(days=31)
    )
    resting = make.make_alliance(state="paused", paused_until=timezone.localdate())
    with as_worker():
        stale = Proposal.objects.create(alliance=cast.table, kind="end", proposed_by=cast.seat(cast.police))
        Proposal.objects.filter(pk=stale.pk).update(proposed_at=now - timedelta(days=61))
        Membership.objects.filter(pk=cast.seat(cast.young).pk).update(paused_until=timezone.localdate())
        tidy_up()
        tidy_up()
        assert JournalEntry.objects.filter(alliance=resting).count() == 1
    assert fresh(stale).closed_at
    assert fresh(late).state == "expired"
    assert fresh(old).address == ""
    assert fresh(resting).state == "active"
    assert fresh(cast.seat(cast.young)).paused_until is None


def test_every_verb_of_this_app_reads_as_a_sentence(cast: Cast) -> None:
    with as_worker():
        for verb, kind in (("resumed", "alliance"), ("joined", "membership"), ("nobody_knows_this", "")):
            JournalEntry.objects.create(
                alliance=cast.table, actor_kind="system", actor=None, verb=verb, object_type=kind, object=None
            )
    told = browser(cast.young).get(page("journal", cast.table)).content.decode()
    assert "liet het bondgenootschap weer verdergaan" in told
    assert "nobody_knows_this" in told


def test_public_texts_are_public(cast: Cast) -> None:
    for name in ("house-rules", "privacy", "accessibility"):
        assert browser().get(reverse(f"alliances:{name}")).status_code == 200
    card = browser().get(reverse("alliances:card"))
    assert card["Content-Type"].startswith("text/vcard")
    assert b"FN:Tafel\r\n" in card.content
