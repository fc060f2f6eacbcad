"""Joining through the real pages: seven steps, nothing by GET, and kind words when a link does not work."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from alliances.models import Invitation, JournalEntry, Membership, User
from messaging.models import ContactPoint, Message, Payload
from tests import make
from tests.acting import Browser, as_worker, browser, fresh
from tests.cast import Cast

PAGES = ["join", "join-name", "join-rules", "join-word", "join-reach", "join-code"]


@pytest.fixture(autouse=True)
def _no_limits_from_before(db: None) -> None:
    cache.clear()


@pytest.fixture
def invitation(cast: Cast) -> Invitation:
    return make.make_invitation(make.make_alliance("Nieuw", members=2, state="forming"), invited_by=cast.police)


def at(name: str, invitation: Invitation) -> str:
    return reverse(f"alliances:{name}", args=[invitation.token])


def last_code(address: str) -> str:
    with as_worker():
        payload = Payload.objects.filter(address=address, message__kind="code").latest("message__created_at")
        content = bytes(payload.content).decode() if not isinstance(payload.content, str) else payload.content
    found = re.search(r"\b(\d{6})\b", content)
    assert found
    return found[1]


def answer_until_reach(client: Browser, invitation: Invitation, word: str = "fietsbel") -> None:
    assert client.post(at("join-name", invitation), {"name": "Samira"}).url == at("join-rules", invitation)
    assert client.post(at("join-rules", invitation)).url == at("join-word", invitation)
    assert client.post(at("join-word", invitation), {"own": word}).url == at("join-reach", invitation)


REACH = {"mobile": "06 12 34 56 78", "mobile_message": "on", "mobile_phone": "on"}


def test_from_link_to_table(client: Browser, invitation: Invitation) -> None:
    page = client.get(invitation.path)
    assert page.status_code == 200
    assert b"Wijkagent Bo" in page.content
    answer_until_reach(client, invitation)
    both = {**REACH, "email": "Samira@Voorbeeld.example", "email_message": "on", "landline": "030 123 45 67"}
    assert client.post(at("join-reach", invitation), both).url == at("join-code", invitation)
    assert "06 •• •• •• 78" in client.get(at("join-code", invitation)).content.decode()
    assert client.post(at("join-code", invitation), {"code": last_code("+31612345678")}).url == at(
        "join-code", invitation
    )
    done = client.post(at("join-code", invitation), {"code": last_code("samira@voorbeeld.example")})
    assert done.url == reverse("alliances:welcome", args=[invitation.alliance.uuid])
    welcome = client.get(done.url)
    assert welcome.status_code == 200
    assert "fietsbel" in welcome.content.decode()
    with as_worker():
        samira = User.objects.get(mobile="+31612345678")
        assert (samira.name, samira.email, samira.recognition_word) == (
            "Samira",
            "samira@voorbeeld.example",
            "fietsbel",
        )
        seat = Membership.objects.get(user=samira)
        assert (seat.role, seat.house_rules.version) == ("resident", 1)
        points = {point.kind: point for point in ContactPoint.objects.filter(user=samira)}
        assert points["mobile"].may_message
        assert points["mobile"].on_call_list
        assert points["email"].verified_at
        assert not points["landline"].verified_at
        assert JournalEntry.objects.filter(verb="joined", actor=seat.uuid).exists()
    assert fresh(invitation).state == "joined"
    assert fresh(invitation).address == ""
    assert client.get(reverse("alliances:alliance", args=[invitation.alliance.uuid])).status_code == 200


def test_a_scanner_opens_everything_and_changes_only_opened(invitation: Invitation) -> None:
    for method in ("get", "head"):
        for page in PAGES:
            for client in (browser(), browser(HTTP_USER_AGENT="SafeLinks")):
                assert getattr(client, method)(at(page, invitation), follow=True).status_code == 200
    now = fresh(invitation)
    assert now.state == "opened"
    assert (now.ended_at, now.serial, now.expires_at) == (None, 0, invitation.expires_at)
    with as_worker():
        assert not Message.objects.exists()
        assert Membership.objects.filter(alliance=invitation.alliance).count() == 2
    for name in ("join-decline", "join-again", "join-resend", "join-skip"):
        assert browser().get(at(name, invitation)).status_code == 405


def test_opened_is_noted_once(client: Browser, invitation: Invitation) -> None:
    client.get(invitation.path)
    first = fresh(invitation).opened_at
    client.get(invitation.path)
    assert fresh(invitation).opened_at == first


def test_steps_are_not_skipped(client: Browser, invitation: Invitation) -> None:
    assert client.get(at("join-reach", invitation)).url == at("join-name", invitation)
    assert client.post(at("join-reach", invitation), REACH).url == at("join-name", invitation)
    answer_until_reach(client, invitation)
    assert client.get(at("join-code", invitation)).url == at("join-reach", invitation)
    with as_worker():
        assert not Message.objects.exists()


def test_a_wrong_code_is_told_and_five_are_the_end(client: Browser, invitation: Invitation) -> None:
    answer_until_reach(client, invitation)
    client.post(at("join-reach", invitation), REACH)
    right = last_code("+31612345678")
    wrong = "000000" if right != "000000" else "111111"
    for _ in range(5):
        answer = client.post(at("join-code", invitation), {"code": wrong})
        assert answer.status_code == 422
    assert client.post(at("join-code", invitation), {"code": right}).status_code == 422
    client.post(at("join-resend", invitation))
    assert client.post(at("join-code", invitation), {"code": last_code("+31612345678")}).status_code == 302


def test_sending_codes_is_limited_for_one_address(client: Browser, invitation: Invitation) -> None:
    answer_until_reach(client, invitation)
    answers = [client.post(at("join-reach", invitation), REACH).status_code for _ in range(6)]
    assert answers == [302] * 4 + [422] * 2
    with as_worker():
        assert Message.objects.filter(kind="code").count() == 4


def test_a_dinner_table_of_ten_on_one_wifi_passes(cast: Cast) -> None:
    table = make.make_alliance("Tien", members=2)
    for number in range(8):
        invitation = make.make_invitation(table, invited_by=cast.police)
        client = browser()
        answer_until_reach(client, invitation, word=f"eigenwoord{'abcdefgh'[number]}")
        reach = {
            **REACH,
            "mobile": f"06 2000 000{number}",
            "email": f"gast{number}@voorbeeld.example",
            "email_message": "on",
        }
        client.post(at("join-reach", invitation), reach)
        client.post(at("join-code", invitation), {"code": last_code(f"+3162000000{number}")})
        done = client.post(at("join-code", invitation), {"code": last_code(f"gast{number}@voorbeeld.example")})
        assert done.url == reverse("alliances:welcome", args=[table.uuid])


def test_the_word_is_ones_own(client: Browser, invitation: Invitation, cast: Cast) -> None:
    client.post(at("join-name", invitation), {"name": "Samira"})
    client.post(at("join-rules", invitation))
    for word in (cast.police.recognition_word, "ab", "twee woorden", "politie", "samira", ""):
        assert client.post(at("join-word", invitation), {"own": word}).status_code == 422, word
    page = client.get(at("join-word", invitation)).content.decode()
    assert len(re.findall(r'type="radio"', page)) == 6


def test_at_least_one_address_and_one_welcome_message(client: Browser, invitation: Invitation) -> None:
    answer_until_reach(client, invitation)
    for typed in ({}, {"landline": "030 123 45 67"}, {"mobile": "06 12 34 56 78"}, {"mobile": "12"}, {"email": "geen"}):
        assert client.post(at("join-reach", invitation), typed).status_code == 422, typed


def test_an_address_of_somebody_known_gives_them_the_seat(client: Browser, invitation: Invitation, cast: Cast) -> None:
    answer_until_reach(client, invitation)
    assert cast.stranger.mobile
    client.post(at("join-reach", invitation), {**REACH, "mobile": cast.stranger.mobile})
    client.post(at("join-code", invitation), {"code": last_code(cast.stranger.mobile)})
    with as_worker():
        seat = Membership.objects.get(alliance=invitation.alliance, user=cast.stranger)
        assert seat.user
        assert seat.user.recognition_word == cast.stranger.recognition_word
        assert seat.user.name == cast.stranger.name


def test_an_address_that_is_somebody_elses_is_refused_kindly(
    client: Browser, invitation: Invitation, cast: Cast
) -> None:
    answer_until_reach(client, invitation)
    assert cast.stranger.mobile
    assert cast.neighbour.email
    both = {**REACH, "mobile": cast.stranger.mobile, "email": cast.neighbour.email, "email_message": "on"}
    client.post(at("join-reach", invitation), both)
    client.post(at("join-code", invitation), {"code": last_code(cast.stranger.mobile)})
    done = client.post(at("join-code", invitation), {"code": last_code(cast.neighbour.email)})
    assert done.url == at("join-reach", invitation)
    assert fresh(invitation).state == "opened"


def test_who_is_signed_in_says_yes_to_the_rules_and_is_in(invitation: Invitation, cast: Cast) -> None:
    client = browser(cast.stranger)
    assert at("join-rules", invitation) in client.get(invitation.path).content.decode()
    done = client.post(at("join-rules", invitation))
    assert done.url == reverse("alliances:welcome", args=[invitation.alliance.uuid])
    with as_worker():
        assert Membership.objects.filter(alliance=invitation.alliance, user=cast.stranger).exists()


def test_a_member_who_opens_the_link_comes_home(cast: Cast) -> None:
    table = make.make_alliance("Vol", members=[cast.stranger])
    invitation = make.make_invitation(table, invited_by=cast.stranger)
    answer = browser(cast.stranger).get(invitation.path)
    assert answer.url == reverse("alliances:alliance", args=[table.uuid])
    assert fresh(invitation).state == "sent"


def test_without_the_second_address(client: Browser, invitation: Invitation) -> None:
    answer_until_reach(client, invitation)
    both = {**REACH, "email": "langzaam@voorbeeld.example", "email_message": "on"}
    client.post(at("join-reach", invitation), both)
    assert client.post(at("join-skip", invitation)).url == at("join-reach", invitation)
    client.post(at("join-code", invitation), {"code": last_code("+31612345678")})
    assert client.post(at("join-skip", invitation)).url == reverse("alliances:welcome", args=[invitation.alliance.uuid])
    with as_worker():
        assert not ContactPoint.objects.filter(address="langzaam@voorbeeld.example").exists()


def test_rather_not_frees_the_seat_and_keeps_nothing(client: Browser, cast: Cast) -> None:
    table = make.make_alliance(members=2)
    invitation = make.make_invitation(table, way="mail", address="ayla@voorbeeld.example", invited_by=cast.police)
    client.post(at("join-name", invitation), {"name": "Ayla"})
    assert client.post(at("join-decline", invitation)).status_code == 200
    now = fresh(invitation)
    assert (now.state, now.address) == ("declined", "")
    assert "joining" not in client.session
    assert client.get(invitation.path).status_code == 410


@pytest.mark.parametrize("state", ["revoked", "expired", "declined"])
def test_a_dead_link_looks_the_same_whatever_killed_it(client: Browser, cast: Cast, state: str) -> None:
    table = make.make_alliance(members=2)
    dead = make.make_invitation(table, state=state, invited_by=cast.police)
    late = make.make_invitation(table, expires_at=timezone.now() - timedelta(minutes=1), invited_by=cast.police)
    one, other = client.get(dead.path), client.get(late.path)
    assert one.status_code == other.status_code == 410
    strip = re.compile(rb'(value="[^"]{40,}"|/j/\w+/)')
    assert strip.sub(b"", one.content) == strip.sub(b"", other.content)
    assert b"Wijkagent" not in one.content


def test_asking_for_a_new_link_reaches_the_inviter_once_and_not_for_a_revoked_one(client: Browser, cast: Cast) -> None:
    table = make.make_alliance(members=2)
    late = make.make_invitation(table, expires_at=timezone.now() - timedelta(minutes=1), invited_by=cast.police)
    gone = make.make_invitation(table, state="expired", invited_by=cast.police)
    revoked = make.make_invitation(table, state="revoked", invited_by=cast.police)
    pages = {client.post(at("join-again", one)).status_code for one in (late, late, gone, revoked)}
    assert pages == {200}
    with as_worker():
        assert Message.objects.filter(kind="link_wanted", user=cast.police).count() == 2


def test_a_used_link_is_409_and_an_unknown_one_404(client: Browser, cast: Cast) -> None:
    used = make.make_invitation(make.make_alliance(members=2), state="joined", invited_by=cast.police)
    assert client.get(used.path).status_code == 409
    assert client.get(reverse("alliances:join", args=["onbekend"])).status_code == 404


def test_an_old_link_stops_when_it_is_renewed(client: Browser, cast: Cast) -> None:
    table = make.make_alliance(members=[cast.stranger])
    invitation = make.make_invitation(table, invited_by=cast.stranger)
    old = invitation.path
    browser(cast.stranger).post(reverse("alliances:invitation-renew", args=[invitation.uuid]))
    assert client.get(old).status_code == 404
    assert client.get(fresh(invitation).path).status_code == 200


def test_the_last_seat_gone_in_between_is_409_and_forgets(client: Browser, cast: Cast) -> None:
    table = make.make_alliance("Vol", members=9)
    late = make.make_invitation(table, invited_by=cast.police, expires_at=timezone.now() + timedelta(hours=1))
    answer_until_reach(client, late)
    client.post(at("join-reach", late), REACH)
    code = last_code("+31612345678")
    with as_worker():
        Invitation.objects.filter(pk=late.pk).update(expires_at=timezone.now() - timedelta(minutes=1))
    make.make_member(table)
    with time_machine.travel(timezone.now() - timedelta(minutes=5)):  # the clock of the web runs behind the database's
        answer = client.post(at("join-code", late), {"code": code})
    assert answer.status_code == 409
    assert "joining" not in client.session
    with as_worker():
        assert not User.objects.filter(mobile="+31612345678").exists()
