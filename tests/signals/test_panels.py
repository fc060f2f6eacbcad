"""What signals add to the alliance's page."""

from django.urls import reverse

from signals import actions
from tests.acting import acting_as
from tests.cast import Cast
from tests.make import make_alliance, make_user
from tests.signals.calling import call_of, raise_for
from tests.signals.reading import SignIn


def test_the_urgent_call_comes_before_worry_and_says_what_is_missing(cast: Cast, sign_in: SignIn):
    urgent = call_of(raise_for(cast, cast.resident))
    raise_for(cast, cast.young, level="worry")
    page = sign_in(cast.police).get(reverse("alliances:alliance", args=[cast.table.uuid])).content.decode()
    assert "Er loopt een oproep" in page
    assert "Nog 4 nodig: de politie, de gemeente en 2 bewoners" in page
    assert "Jij hebt nog niet geantwoord." in page
    assert reverse("signals:call", args=[urgent.uuid]) in page
    assert "Er loopt er nog 1." in page


def test_an_ended_call_is_gone_and_the_signal_stays_open(cast: Cast, sign_in: SignIn):
    signal = raise_for(cast, cast.resident)
    with acting_as(cast.police):
        actions.stop(call=call_of(signal), by=cast.seat(cast.police))
    page = sign_in(cast.police).get(reverse("alliances:alliance", args=[cast.table.uuid])).content.decode()
    assert "bond-running" not in page
    assert signal.text in page


def test_a_forming_alliance_has_no_button_to_call(db: None, sign_in: SignIn):
    person = make_user()
    table = make_alliance(members=[person], state="forming")
    page = sign_in(person).get(reverse("alliances:alliance", args=[table.uuid])).content.decode()
    assert "bond-notice" not in page
