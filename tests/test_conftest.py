"""The ground under the tests: the role, the factories, and a table that is empty again after a test that commits."""

import pytest
from django.db import connection, connections

from alliances.models import Alliance, HouseRules, Membership
from tests.acting import acting_as, as_worker, fresh
from tests.cast import Cast
from tests.make import make_alliance


def role() -> str:
    with connection.cursor() as cursor:
        cursor.execute("select current_user")
        return str(cursor.fetchone()[0])


@pytest.mark.django_db
def test_tests_are_web_and_see_nothing_by_themselves():
    alliance = make_alliance(members=3)
    assert role() == "web"
    assert not Alliance.objects.exists()
    assert fresh(alliance) == alliance


def test_who_acts_is_as_it_was_afterwards(cast: Cast):
    with acting_as(cast.police):
        assert Alliance.objects.get() == cast.table
        with as_worker():
            assert role() == "worker"
            assert Alliance.objects.count() == 2
        assert role() == "web"
        with acting_as(None):
            assert not Alliance.objects.exists()
        assert Alliance.objects.get() == cast.table
    assert not Alliance.objects.exists()


def test_ten_at_the_table(cast: Cast):
    with as_worker():
        assert Membership.objects.active().filter(alliance=cast.table).count() == 10


@pytest.mark.parametrize("time", [1, 2])
@pytest.mark.django_db(transaction=True)
def test_after_a_commit_everything_is_gone_but_what_migrations_wrote(time: int):
    with as_worker():
        assert not Alliance.objects.exists()
        assert HouseRules.objects.count() == 1
    make_alliance(members=2)
    with connections["owner"].cursor() as cursor:
        cursor.execute("select count(*) from alliances_membership")
        assert cursor.fetchone()[0] == 2
