"""The page that everybody opens most asks little of the database, and no more in a country than in a street."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from alliances.models import Alliance, Membership
from tests.acting import as_worker, browser
from tests.cast import Cast
from tests.make import make_alliance, make_area
from tests.world import furnish

# Who acts (1), session (1), person (1), seat with alliance and area (1), who sits and who is asked (2),
# whom our messages do not reach (1: a table must see it before it matters), dinner and answers, themes with what was
# done, agreements with their owners and counts (1), signals and a running call; savepoints are not counted.
AT_MOST = 14
NOISE = ("SAVEPOINT", "RELEASE SAVEPOINT")


def queries_of(cast: Cast) -> list[str]:
    """What the alliance page asks, for a resident who is signed in; the second time, when everything is warm."""
    client = browser(cast.resident)
    page = reverse("alliances:alliance", args=[cast.table.uuid])
    assert client.get(page).status_code == 200
    with CaptureQueriesContext(connection) as captured:
        assert client.get(page).status_code == 200
    found = [query["sql"] for query in captured.captured_queries]
    assert "'anonymous'" in found[-1]  # the test client forgets who acted: not part of the page
    return [sql for sql in found[:-1] if not sql.startswith(NOISE)]


def fill_the_country(alliances: int) -> None:
    """More alliances, each with three members who are somebody elsewhere too."""
    area = make_area("Heel ver weg")
    example = make_alliance("Voorbeeld", area=area, members=3)
    with as_worker():
        Alliance.objects.bulk_create(Alliance(area=area, name=f"Tafel {n}", state="active") for n in range(alliances))
        seats = list(example.memberships.all())
        Membership.objects.bulk_create(
            Membership(
                alliance=alliance,
                user_id=seat.user_id,
                role=seat.role,
                house_rules_id=seat.house_rules_id,
                pledged_at=seat.pledged_at,
            )
            for alliance in Alliance.objects.filter(area=area).exclude(pk=example.pk)
            for seat in seats
        )


def test_alliance_page_asks_little_and_the_same_among_two_thousand(cast: Cast):
    furnish(cast)
    fill_the_country(10)
    few = queries_of(cast)
    fill_the_country(2000)
    many = queries_of(cast)
    assert len(few) <= AT_MOST, "\n".join(few)
    assert len(many) == len(few), "\n".join(many)
