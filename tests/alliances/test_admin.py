"""Administration: structure, no content; addresses only for a reason."""

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from alliances.models import Alliance, Area, Coordination, HouseRules, JournalEntry, User
from tests import make
from tests.acting import as_worker, browser, fresh
from tests.cast import Cast

LISTS = ["area", "alliance", "membership", "invitation", "coordination", "houserules", "user", "journalentry"]


@pytest.mark.parametrize("name", LISTS)
def test_lists_open_and_can_be_searched(cast: Cast, name: str) -> None:
    make.make_invitation(
        cast.other, invited_by=cast.neighbour, name="Geheime Gast", address="g@voorbeeld.example", way="mail"
    )
    client = browser(cast.administrator)
    shown = client.get(reverse(f"admin:alliances_{name}_changelist"))
    assert shown.status_code == 200
    assert client.get(reverse(f"admin:alliances_{name}_changelist"), {"q": "Plein"}).status_code == 200
    for secret in ("Geheime Gast", "g@voorbeeld.example", str(cast.resident.mobile), str(cast.police.email)):
        assert secret not in shown.content.decode()


def test_only_for_administrators(cast: Cast) -> None:
    for who in (cast.resident, cast.coordinator, None):
        assert browser(who).get(reverse("admin:alliances_user_changelist")).status_code == 302


def test_an_alliance_shows_seats_and_no_content(cast: Cast) -> None:
    make.make_theme(cast.table, title="Geheim thema")
    client = browser(cast.administrator)
    change = reverse("admin:alliances_alliance_change", args=[cast.table.pk])
    shown = client.get(change).content.decode()
    assert "Buurvrouw Noor" in shown
    assert "Geheim thema" not in shown
    forms = {
        "memberships-TOTAL_FORMS": 0, "memberships-INITIAL_FORMS": 0,
        "invitations-TOTAL_FORMS": 0, "invitations-INITIAL_FORMS": 0,
    }  # fmt: skip
    client.post(change, {"name": "Marktplein", "area": cast.area.pk, **forms})
    assert fresh(cast.table).name == "Marktplein"
    with as_worker():
        assert JournalEntry.objects.filter(verb="changed_area", actor_kind="staff").count() == 1
        assert not LogEntry.objects.exists()


def test_making_a_coordinator(cast: Cast) -> None:
    client = browser(cast.administrator)
    person = {
        "name": "Nieuwe Coördinator",
        "email": "Nieuw@voorbeeld.example",
        "mobile": "",
        "language": "nl",
        "is_active": "on",
    }
    assert client.post(reverse("admin:alliances_user_add"), person).status_code == 302
    with as_worker():
        made = User.objects.get(email="nieuw@voorbeeld.example")
    assert not made.has_usable_password()
    appointed = {"user": made.pk, "area": cast.city.pk, "role": "police"}
    assert client.post(reverse("admin:alliances_coordination_add"), appointed).status_code == 302
    assert browser(made).get(reverse("alliances:coordination")).status_code == 200
    with as_worker():
        coordination = Coordination.objects.get(user=made)
    client.post(reverse("admin:alliances_coordination_delete", args=[coordination.pk]), {"post": "yes"})
    assert browser(made).get(reverse("alliances:coordination")).status_code == 403


def test_addresses_take_a_reason_that_is_kept(cast: Cast) -> None:
    client = browser(cast.administrator)
    mobile = str(cast.resident.mobile)
    change = client.get(reverse("admin:alliances_user_change", args=[cast.resident.pk])).content.decode()
    page = reverse("admin:alliances_user_addresses", args=[cast.resident.pk])
    assert mobile not in change
    assert page in change
    assert mobile not in client.get(page).content.decode()
    assert mobile not in client.post(page, {"reason": ""}).content.decode()
    assert mobile in client.post(page, {"reason": "Belde zelf, kan niet inloggen"}).content.decode()
    with as_worker():
        kept = LogEntry.objects.get()
        assert kept.object_repr == str(cast.resident.uuid)
        assert "inloggen" in kept.change_message
        assert JournalEntry.objects.filter(verb="looked_up", object=cast.resident.uuid).count() == 1
    assert browser(cast.resident).get(page).status_code == 302


def test_areas_and_house_rules(cast: Cast) -> None:
    client = browser(cast.administrator)
    typed = {"name": "Nieuwe straat", "level": "street", "parent": cast.area.pk, "cbs_code": ""}
    assert client.post(reverse("admin:alliances_area_add"), typed).status_code == 302
    client.post(reverse("admin:alliances_houserules_add"), {"text_nl": "Eén.\nTwee.", "text_en": "One.\nTwo."})
    with as_worker():
        assert Area.objects.get(name="Nieuwe straat").cbs_code is None
        newest = HouseRules.objects.latest("version")
        assert (newest.version, newest.rules) == (2, ["Eén.", "Twee."])
        first = HouseRules.objects.order_by("version")[0]
    assert (
        client.post(reverse("admin:alliances_houserules_change", args=[first.pk]), {"text_nl": "x"}).status_code == 403
    )


def test_history_and_seats_are_only_to_look_at(cast: Cast) -> None:
    client = browser(cast.administrator)
    seat = cast.seat(cast.resident)
    assert client.post(reverse("admin:alliances_membership_delete", args=[seat.pk]), {"post": "yes"}).status_code == 403
    assert client.get(reverse("admin:alliances_journalentry_add")).status_code == 403
    assert client.get(reverse("admin:alliances_alliance_add")).status_code == 403
    with as_worker():
        assert Alliance.objects.filter(pk=cast.table.pk).exists()


def test_revoking_through_the_action(cast: Cast) -> None:
    invitation = make.make_invitation(cast.other, invited_by=cast.neighbour)
    chosen = {"action": "revoke", "_selected_action": [invitation.pk]}
    browser(cast.administrator).post(reverse("admin:alliances_invitation_changelist"), chosen)
    assert fresh(invitation).state == "revoked"
