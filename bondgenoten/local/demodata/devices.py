"""Phones with the application on their home screen: push subscriptions at the pretend phone network."""

from alliances.models import User
from bondgenoten.local.network.push import subscription
from messaging.actions.contact import keep_device

from .cast import TABLE_OF_TEN, Person

HAVE_IT = ("Yusuf", "Samira")


def give_devices(push_service: str) -> dict[str, Person]:
    """Subscribe who has it, and return whose each endpoint is. Done at every start: the network may have moved."""
    owners = {}
    for person in TABLE_OF_TEN:
        user = User.objects.filter(name=person.name, memberships__isnull=False).first()
        if person.name not in HAVE_IT or user is None:
            continue
        found = subscription(push_service, f"demo-{person.word}")
        before = user.contact_points.filter(kind="push", address__endswith=f"/push/demo-{person.word}").first()
        if before is None or before.address != found["endpoint"]:
            keep_device(
                user=user,
                endpoint=found["endpoint"],
                keys=found["keys"],
                device=f"Telefoon van {person.name}",
                replaces=before.address if before else "",
            )
        owners[found["endpoint"]] = person
    return owners
