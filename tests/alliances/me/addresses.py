"""What the tests of one's own things share."""

import re

from django.urls import reverse

from alliances.models import User
from messaging.models import ContactPoint, Payload
from tests.acting import Browser, as_worker

ME = "/ik/"
CODE = reverse("alliances:me-code")


def last_code(channel: str = "") -> str:
    with as_worker():
        payload = Payload.objects.filter(message__kind="code").latest("message__created_at")
    assert channel in ("", payload.channel)
    text = bytes(payload.content).decode()
    if payload.channel == "voice":
        return "".join(re.findall(r" (\d)\.", text))
    found = re.search(r"\b(\d{6})\b", text)
    assert found
    return found[1]


def points(user: User) -> dict[str, ContactPoint]:
    with as_worker():
        return {point.address: point for point in ContactPoint.objects.filter(user=user)}


def point_of(user: User, kind: str) -> ContactPoint:
    with as_worker():
        return ContactPoint.objects.get(user=user, kind=kind)


def add_point(user: User, kind: str, address: str, **fields: object) -> ContactPoint:
    with as_worker():
        return ContactPoint.objects.create(user=user, kind=kind, address=address, **fields)


def change(point: ContactPoint, **fields: object) -> None:
    with as_worker():
        ContactPoint.objects.filter(pk=point.pk).update(**fields)


def to(name: str, point: ContactPoint) -> str:
    return reverse(f"alliances:me-{name}", args=[point.uuid])


def text_of(client: Browser) -> str:
    return client.get(ME).content.decode()
