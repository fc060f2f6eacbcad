"""The desk, the link and the letter; and what a coordinator may."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from alliances.models import Alliance, Invitation, User
from messaging.models import Message, Payload
from tests import make
from tests.acting import acting_as, as_worker, browser, fresh
from tests.cast import Cast


def page(name: str, thing: object, *more: str) -> str:
    return reverse(f"alliances:{name}", args=[thing.uuid, *more])  # type: ignore[attr-defined]  # anything with a uuid


@pytest.fixture
def table(cast: Cast) -> Alliance:
    """A table with a police officer, a municipal professional and a resident, who is the stranger of the cast."""
    made = make.make_alliance("Ruim", area=cast.area, members=2)
    make.make_member(made, cast.stranger)
    return made


def test_a_member_invites_a_resident_and_the_others_are_told(cast: Cast, table: Alliance) -> None:
    client = browser(cast.stranger)
    typed = {"name": "Samira", "way": "send", "address": "06 12 34 56 78"}
    answer = client.post(page("invite", table), typed)
    with as_worker():
        made = Invitation.objects.get()
        assert (made.role, made.way, made.address) == ("resident", "sms", "+31612345678")
        assert Message.objects.filter(kind="invitation", about=made.uuid).count() == 1
        assert Message.objects.filter(kind="invitation_told").count() == 2
        link = bytes(Payload.objects.get(message__kind="invitation").content).decode()
    assert made.path in link
    assert answer.url == page("invitation", made)
    shown = client.get(answer.url).content.decode()
    assert made.path in shown
    assert "Wacht op verzending." in shown
    assert "Samira" in client.get(page("desk", table)).content.decode()


def test_the_form_asks_for_an_address_only_when_it_is_sent(cast: Cast, table: Alliance) -> None:
    client = browser(cast.stranger)
    assert client.post(page("invite", table), {"name": "Samira", "way": "send"}).status_code == 422
    assert client.post(page("invite", table), {"name": "", "way": "link"}).status_code == 422
    client.post(page("invite", table), {"name": "Samira", "way": "letter", "address": "toch@voorbeeld.example"})
    with as_worker():
        assert Invitation.objects.get().address == ""


def test_a_full_table_is_told_and_nothing_typed_is_lost(cast: Cast) -> None:
    answer = browser(cast.resident).post(page("invite", cast.table), {"name": "Samira", "way": "link"})
    assert answer.status_code == 422
    assert "Samira" in answer.content.decode()
    assert "Alle acht plekken voor bewoners" in answer.content.decode()


def test_letter_revoke_renew_and_nudge(cast: Cast, table: Alliance) -> None:
    invitation = make.make_invitation(table, invited_by=cast.stranger, way="mail", address="s@voorbeeld.example")
    client = browser(cast.stranger)
    letter = client.get(page("invitation-letter", invitation)).content.decode()
    assert f"testserver{invitation.path}" in letter
    assert "data:image/svg+xml" in letter
    assert "politie" not in letter.lower()
    client.post(page("invitation-nudge", invitation))
    with as_worker():
        assert not Message.objects.filter(
            kind="invitation"
        ).exists()  # one nudge a week, and the first only after a week
        Invitation.objects.filter(pk=invitation.pk).update(sent_at=timezone.now() - timedelta(days=8))
    assert "Geef een duwtje" in client.get(page("desk", table)).content.decode()
    client.post(page("invitation-nudge", invitation))
    client.post(page("invitation-nudge", invitation))
    with as_worker():
        assert Message.objects.filter(kind="invitation").count() == 1
    client.post(page("invitation-revoke", invitation))
    assert fresh(invitation).state == "revoked"
    assert client.get(page("invitation-letter", invitation)).status_code == 404
    assert invitation.path not in client.get(page("invitation", invitation)).content.decode()
    client.post(page("invitation-renew", invitation))
    assert fresh(invitation).state == "sent"
    assert fresh(invitation).token != invitation.token


def test_a_no_is_final(cast: Cast, table: Alliance) -> None:
    invitation = make.make_invitation(table, invited_by=cast.stranger, state="declined")
    client = browser(cast.stranger)
    assert "Vraag het niet nog eens" in client.get(page("desk", table)).content.decode()
    client.post(page("invitation-renew", invitation))
    assert fresh(invitation).state == "declined"


def test_an_invitation_is_404_elsewhere(cast: Cast, table: Alliance) -> None:
    invitation = make.make_invitation(table, invited_by=cast.stranger)
    for who in (cast.neighbour, cast.coordinator, cast.administrator):
        assert browser(who).get(page("invitation", invitation)).status_code == 404
        assert browser(who).post(page("invitation-revoke", invitation)).status_code == 404
    assert fresh(invitation).state == "sent"


def test_a_coordinator_founds_and_invites_the_two_professionals(cast: Cast) -> None:
    client = browser(cast.coordinator)
    asked = {"area": cast.area.pk, "name": "Havenkant"}
    answer = client.post(reverse("alliances:found"), asked)
    with as_worker():
        made = Alliance.objects.get(name="Havenkant")
    assert answer.url == page("coordinated", made)
    assert client.post(reverse("alliances:found"), asked).status_code == 422  # the name is taken
    assert client.post(reverse("alliances:found"), {**asked, "area": cast.other.area_id}).status_code == 422
    typed = {"name": "Collega", "way": "send", "address": "collega@voorbeeld.example"}
    for role in ("police", "municipality"):
        assert client.post(page("coordinated-invite", made, role), typed).status_code == 302
    assert client.post(page("coordinated-invite", made, "police"), typed).status_code == 422  # one police seat
    shown = client.get(page("coordinated", made)).content.decode()
    assert shown.count("is gevraagd") == 2
    with as_worker():
        invitation = Invitation.objects.get(alliance=made, role="police")
    assert invitation.path in client.get(page("invitation", invitation)).content.decode()


def test_a_coordinator_who_invites_tells_members_without_seeing_them(cast: Cast) -> None:
    table = make.make_alliance("Half", area=cast.area, state="forming")
    make.make_member(table, cast.stranger)
    typed = {"name": "Collega", "way": "link"}
    assert browser(cast.coordinator).post(page("coordinated-invite", table, "police"), typed).status_code == 302
    with as_worker():
        assert Message.objects.filter(kind="invitation_told", user=cast.stranger).exists()


def test_a_coordinator_counts_and_does_not_read(cast: Cast, table: Alliance) -> None:
    make.make_invitation(table, name="Geheime Bewoner", invited_by=cast.stranger)
    client = browser(cast.coordinator)
    for shown in (
        client.get(reverse("alliances:coordination")).content.decode(),
        client.get(page("coordinated", table)).content.decode(),
    ):
        assert "Ruim" in shown
        assert "gevraagd" in shown
        for person in ("Geheime Bewoner", cast.stranger.name, "Wijkagent Bo"):
            assert person not in shown
    assert client.get(page("coordinated", cast.other)).status_code == 404
    assert client.get(page("coordinated-invite", cast.other, "police")).status_code == 404
    assert client.post(page("invite", table), {"name": "Bewoner", "way": "link"}).status_code == 404
    assert browser(cast.resident).get(reverse("alliances:coordination")).status_code == 403
    assert browser(cast.resident).get(reverse("alliances:found")).status_code == 403


def test_a_list_of_many_takes_as_many_queries(cast: Cast, django_assert_max_num_queries: object) -> None:
    client = browser(cast.coordinator)
    with as_worker():
        Alliance.objects.bulk_create(Alliance(area=cast.area, name=f"Veel {n}") for n in range(50))
    with django_assert_max_num_queries(14):  # type: ignore[operator]  # pytest-django's fixture
        assert client.get(reverse("alliances:coordination")).status_code == 200


def test_the_database_keeps_invitees_from_coordinators(cast: Cast, table: Alliance) -> None:
    make.make_invitation(table, invited_by=cast.stranger)
    with acting_as(cast.coordinator):
        assert not Invitation.objects.filter(alliance=table).exists()
        assert not User.objects.filter(pk=cast.stranger.pk).exists()
