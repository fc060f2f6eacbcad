"""A coordinator says whether they are on duty: for the own areas, and for nobody else."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from alliances.models import Coordination
from tests.acting import Browser, acting_as, as_worker
from tests.cast import Cast


def on_duty(cast: Cast) -> bool:
    with as_worker():
        return Coordination.objects.get(user=cast.coordinator).on_duty


def test_on_and_off(cast: Cast, sign_in: type[Browser]):
    browser, at = sign_in(cast.coordinator), reverse("alliances:duty", args=[cast.city.uuid])
    assert "Je hebt geen dienst." in browser.get(reverse("alliances:coordination")).content.decode()
    page = browser.post(at, {"on_duty": "yes"}, follow=True).content.decode()
    assert on_duty(cast)
    assert "Je hebt dienst voor Voorbeeldstad." in page
    assert "Mijn dienst is klaar" in page
    browser.post(at)
    assert not on_duty(cast)
    browser.get(at)  # a link that is opened changes nothing
    assert not on_duty(cast)


def test_only_in_the_own_area(cast: Cast, sign_in: type[Browser]):
    at = reverse("alliances:duty", args=[cast.city.uuid])
    for who in (cast.coordinating_member, cast.police, cast.stranger):
        assert sign_in(who).post(at, {"on_duty": "yes"}).status_code == 404
    assert not on_duty(cast)


def test_the_database_lets_nothing_else_be_changed(cast: Cast):
    with acting_as(cast.coordinator):
        for change in ({"role": "police"}, {"area": cast.area.pk}):
            with pytest.raises(IntegrityError, match="only an administrator"), transaction.atomic():
                Coordination.objects.filter(user=cast.coordinator).update(**change)
        assert Coordination.objects.filter(user=cast.coordinating_member).update(on_duty=True) == 0
