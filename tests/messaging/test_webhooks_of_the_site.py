"""Webhooks of the real site, by its own address and in its own process, signed as a provider signs."""

import uuid

import pytest

from tests.fleet import Fleet

ASKED = [(what, provider) for what in ("receipt", "reply") for provider in ("notify", "twilio")]


@pytest.mark.parametrize(("what", "provider"), [*ASKED, ("status", "twilio"), ("key", "twilio")])
def test_the_site_knows_who_signed(what: str, provider: str, fleet: Fleet) -> None:
    said = {
        signed: fleet.network.forge(what, provider=provider, signed=signed, reference=str(uuid.UUID(int=1)))
        for signed in ("no", "wrong", "yes")
    }
    assert (said["no"], said["wrong"]) == (403, 403)
    assert said["yes"] in (200, 204)
