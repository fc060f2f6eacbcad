"""Stand-ins: named by a professional, agreed to by another role, and a yes behind a link that opens nothing else."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test.client import Client
from django.urls import reverse
from django.utils import timezone

from alliances import actions
from alliances.actor import open_link
from alliances.models import JournalEntry, StandIn, User
from alliances.policy import Refused
from messaging.models import ContactPoint, Message, Payload
from tests import make
from tests.acting import Browser, acting_as, as_worker, fresh
from tests.cast import Cast


@pytest.fixture
def named(cast: Cast) -> StandIn:
    return make.make_stand_in(cast.table, name="Agent Jo", address="+31612000001", named_by=cast.seat(cast.police))


@pytest.fixture
def asked(cast: Cast) -> StandIn:
    return make.make_stand_in(
        cast.table,
        name="Agent Jo",
        address="+31612000001",
        named_by=cast.seat(cast.police),
        agreed_by=cast.seat(cast.resident),
    )


def at(name: str, thing: StandIn) -> str:
    return reverse(f"alliances:{name}", args=[thing.token])


def verbs(thing: StandIn) -> list[str]:
    with as_worker():
        return list(JournalEntry.objects.filter(object=thing.uuid).order_by("at").values_list("verb", flat=True))


def texts(kind: str = "stand_in_asked") -> list[str]:
    with as_worker():
        return [bytes(one.content).decode() for one in Payload.objects.filter(message__kind=kind)]


# --- At the table -------------------------------------------------------------------------------------------------


def test_from_name_to_message(cast: Cast, sign_in: type[Browser]):
    page = reverse("alliances:stand-ins", args=[cast.table.uuid])
    police, resident = sign_in(cast.police), sign_in(cast.resident)
    assert "Er is nog geen invaller" in police.get(page).content.decode()
    typed = {"name": "Agent Jo", "address": "06 12 00 00 01"}
    assert police.post(reverse("alliances:stand-in-name", args=[cast.table.uuid]), typed).url == page
    with as_worker():
        made = StandIn.objects.get()
    assert (made.role, made.address, made.agreed_at, made.ready) == ("police", "+31612000001", None, False)
    assert texts() == []  # nobody outside hears of it before the table agrees
    own = police.get(page).content.decode()
    assert reverse("alliances:stand-in-agree", args=[made.uuid]) not in own
    other = resident.get(page).content.decode()
    assert "Is Agent Jo een goede invaller?" in other
    agree = reverse("alliances:stand-in-agree", args=[made.uuid])
    assert police.post(agree).status_code == 403
    assert resident.post(agree).url == page
    assert resident.post(agree).url == page  # a second tap
    (text,) = texts()
    assert made.path in text
    assert "Wijkagent Bo" in text
    assert verbs(made) == ["named", "agreed"]
    for reader in (police, resident):
        assert made.token not in reader.get(page).content.decode()  # the link is the colleague's alone


def test_a_resident_is_not_replaced(cast: Cast, sign_in: type[Browser]):
    assert sign_in(cast.resident).get(reverse("alliances:stand-in-name", args=[cast.table.uuid])).status_code == 403


@pytest.mark.parametrize(
    "typed", [{"name": "", "address": "06 12 00 00 01"}, {"name": "Jo", "address": "030 123 45 67"}, {"name": "Jo"}]
)
def test_what_is_typed_wrong_stays(cast: Cast, sign_in: type[Browser], typed: dict[str, str]):
    response = sign_in(cast.police).post(reverse("alliances:stand-in-name", args=[cast.table.uuid]), typed)
    assert response.status_code == 422
    assert all(value in response.content.decode() for value in typed.values())


def test_one_for_a_seat(cast: Cast, named: StandIn):
    with acting_as(cast.police), pytest.raises(Refused):
        actions.name_stand_in(alliance=cast.table, by=cast.seat(cast.police), name="Nog een", address="a@b.example")


def test_any_member_ends_it_and_the_link_with_it(cast: Cast, asked: StandIn, sign_in: type[Browser], client: Browser):
    end = reverse("alliances:stand-in-end", args=[asked.uuid])
    assert sign_in(cast.neighbour).post(end).status_code == 404
    assert sign_in(cast.young).post(end).status_code == 302
    assert fresh(asked).ended_at
    assert fresh(asked).address == ""
    assert client.get(asked.path).status_code == 410
    assert client.post(at("stand-in-accept", asked), {"word": "kastanje"}).status_code == 410
    assert verbs(asked) == ["ended"]


def test_once_more_is_once_a_week(cast: Cast, asked: StandIn, sign_in: type[Browser]):
    again = reverse("alliances:stand-in-again", args=[asked.uuid])
    sign_in(cast.police).post(again)
    assert texts() == []
    with as_worker():
        StandIn.objects.filter(pk=asked.pk).update(agreed_at=timezone.now() - timedelta(days=8))
    sign_in(cast.police).post(again)
    sign_in(cast.police).post(again)
    assert len(texts()) == 1


# --- Behind the link ----------------------------------------------------------------------------------------------


def test_yes_makes_a_person_and_signs_nobody_in(cast: Cast, asked: StandIn, client: Browser):
    page = client.get(asked.path)
    shown = page.content.decode()
    assert "Wijkagent Bo vraagt: wil je invallen?" in shown
    for secret in (cast.table.name, cast.area.name, "Bondgenoten", "+31612000001"):
        assert secret not in shown
    assert client.post(at("stand-in-accept", asked), {"own": "fietsbel", "may_ring": "on"}).url == asked.path
    now = fresh(asked)
    assert now.ready
    assert now.address == ""
    with as_worker():
        jo = User.objects.get(pk=now.user_id)
        point = ContactPoint.objects.get(user=jo)
    assert (jo.name, jo.mobile, jo.recognition_word, jo.email) == ("Agent Jo", "+31612000001", "fietsbel", None)
    assert (point.kind, point.may_message, point.may_ring, point.on_call_list) == ("mobile", True, True, False)
    assert point.verified_at
    done = client.get(asked.path)
    assert "Je valt in voor Wijkagent Bo" in done.content.decode()
    assert "fietsbel" not in done.content.decode()  # a forwarded link must not give the word away
    assert "sessie" not in client.cookies or "_auth_user_id" not in client.session
    assert client.post(at("stand-in-accept", asked), {"own": "anders"}).url == asked.path  # a second tap
    assert verbs(asked) == ["accepted"]
    with as_worker():
        assert User.objects.filter(mobile="+31612000001").count() == 1


def test_by_mail_nothing_is_rung(cast: Cast, client: Browser):
    asked = make.make_stand_in(
        cast.table, address="jo@voorbeeld.example", named_by=cast.seat(cast.police), agreed_by=cast.seat(cast.young)
    )
    assert "may_ring" not in client.get(asked.path).content.decode()
    client.post(at("stand-in-accept", asked), {"own": "fietsbel", "may_ring": "on"})
    with as_worker():
        point = ContactPoint.objects.get(user=fresh(asked).user_id)
    assert (point.kind, point.may_message, point.may_ring) == ("email", True, False)


def test_somebody_whom_we_know_keeps_everything(cast: Cast, client: Browser):
    known = cast.stranger
    asked = make.make_stand_in(
        cast.table, address=known.mobile, named_by=cast.seat(cast.police), agreed_by=cast.seat(cast.young)
    )
    assert 'name="word"' not in client.get(asked.path).content.decode()
    assert client.post(at("stand-in-accept", asked), {"own": "gestolen"}).url == asked.path
    assert fresh(asked).user_id == known.pk
    assert fresh(known).recognition_word == known.recognition_word
    assert fresh(known).name == "Voorbijganger"


def test_who_sits_at_the_table_cannot_stand_in(cast: Cast, client: Browser):
    asked = make.make_stand_in(
        cast.table, address=cast.young.mobile, named_by=cast.seat(cast.police), agreed_by=cast.seat(cast.resident)
    )
    client.post(at("stand-in-accept", asked))
    assert not fresh(asked).ready
    assert "Je zit zelf al aan deze tafel" in client.get(asked.path).content.decode()


def test_a_word_of_their_own_is_needed(asked: StandIn, cast: Cast, client: Browser):
    response = client.post(at("stand-in-accept", asked), {"own": "", "may_ring": "on"})
    assert response.status_code == 422
    taken = client.post(at("stand-in-accept", asked), {"own": cast.police.recognition_word.lower()})
    assert taken.status_code == 422
    assert not fresh(asked).ready


def test_no_leaves_nothing_behind(asked: StandIn, client: Browser):
    assert client.post(at("stand-in-decline", asked)).status_code == 200
    now = fresh(asked)
    assert (now.name, now.address, now.user_id) == ("", "", None)
    assert now.ended_at
    assert verbs(asked) == ["declined"]
    assert client.get(asked.path).status_code == 410


def test_who_stands_in_stops_by_the_link(cast: Cast, client: Browser):
    ready = make.make_stand_in(
        cast.table, named_by=cast.seat(cast.police), agreed_by=cast.seat(cast.young), user=cast.stranger
    )
    assert client.post(at("stand-in-decline", ready)).status_code == 200
    assert fresh(ready).ended_at
    assert fresh(ready).name == "Collega"  # calls of before still say who came
    assert verbs(ready) == ["stopped"]


def test_signed_in_the_stand_in_finds_the_way_back(cast: Cast, sign_in: type[Browser]):
    ready = make.make_stand_in(
        cast.table, named_by=cast.seat(cast.police), agreed_by=cast.seat(cast.young), user=cast.stranger
    )
    page = sign_in(cast.stranger).get(reverse("home")).content.decode()
    assert ready.path in page
    assert cast.table.name not in page


def test_the_link_works_for_fourteen_days(cast: Cast, asked: StandIn, client: Browser):
    with as_worker():
        StandIn.objects.filter(pk=asked.pk).update(agreed_at=timezone.now() - timedelta(days=15))
    assert client.get(asked.path).status_code == 410
    assert client.post(at("stand-in-accept", asked), {"own": "fietsbel"}).status_code == 410
    assert not fresh(asked).ready


def test_before_the_table_agreed_the_link_opens_nothing(named: StandIn, client: Browser):
    assert client.get(named.path).status_code == 410
    assert client.post(at("stand-in-accept", named), {"own": "fietsbel"}).status_code == 410


def test_a_scanner_changes_nothing(asked: StandIn, client: Browser):
    for name in ("stand-in-asked", "stand-in-accept", "stand-in-decline"):
        for method in ("get", "head", "options"):
            getattr(client, method)(at(name, asked))
    assert not fresh(asked).ready
    assert fresh(asked).ended_at is None
    with as_worker():
        assert not Message.objects.exists()


def test_forms_are_protected(asked: StandIn):
    client = Client(enforce_csrf_checks=True)
    assert client.post(at("stand-in-decline", asked)).status_code == 403


# --- The second door: what the database refuses -------------------------------------------------------------------


def refused(**changes: object) -> str:
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        StandIn.objects.update(**changes)
    return str(caught.value)


def test_the_link_opens_one_row_and_changes_little(cast: Cast, asked: StandIn):
    make.make_stand_in(cast.table, role="municipality", named_by=cast.seat(cast.municipality))
    with acting_as(asked.token):
        assert [one.pk for one in StandIn.objects.all()] == [asked.pk]
        assert not User.objects.exists()
        assert "stays what it is" in refused(alliance=cast.other.pk)
        assert "stays what it is" in refused(role="municipality")
        assert "who holds the link" in refused(user=cast.stranger.pk)
        assert "another role agrees" in refused(agreed_by=cast.seat(cast.young).pk)


def test_a_member_says_no_yes_for_another(cast: Cast, asked: StandIn):
    with acting_as(cast.young):
        assert "who holds the link" in refused(accepted_at=timezone.now(), user=cast.young.pk)
        open_link("0" * 64)
        assert "who holds the link" in refused(accepted_at=timezone.now(), user=cast.young.pk)


def test_another_role_agrees(cast: Cast, named: StandIn):
    with as_worker():
        assert "another role agrees" in refused(agreed_by=cast.seat(cast.police).pk, agreed_at=timezone.now())
        assert "another role agrees" in refused(agreed_at=timezone.now())


def test_who_takes_a_seat_stands_in_no_more(cast: Cast):
    ready = make.make_stand_in(
        cast.other, named_by=cast.seat(cast.neighbour), agreed_by=cast.seat(cast.neighbour), user=cast.stranger
    )
    make.make_member(cast.other, cast.stranger, role="police")
    assert fresh(ready).ended_at
    with as_worker(), pytest.raises(IntegrityError), transaction.atomic():
        StandIn.objects.create(alliance=cast.other, role="police", user=cast.stranger, name="x", token_hash="x" * 64)


def test_the_table_hears_that_a_yes_is_asked(cast: Cast, named: StandIn, sign_in: type[Browser]):
    page = reverse("alliances:alliance", args=[cast.table.uuid])
    assert "Er is een invaller gekozen" in sign_in(cast.young).get(page).content.decode()
    assert "Er is een invaller gekozen" not in sign_in(cast.police).get(page).content.decode()
