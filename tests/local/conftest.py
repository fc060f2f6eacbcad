"""A pretend phone network for the tests of this folder, one per test session and emptied for each test."""

from collections.abc import Iterator

import pytest
from notifications_python_client.notifications import NotificationsAPIClient

from bondgenoten.local.network.running import RunningNetwork, start_network

from .site import NOTIFY_TOKEN, TWILIO_SID, TWILIO_TOKEN, Site, open_site

NIL = "00000000-0000-0000-0000-000000000000"
RINGS = 0.5  # seconds


@pytest.fixture(scope="session")
def _phones(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningNetwork]:
    running = start_network(tmp_path_factory.mktemp("network"))
    yield running
    running.stop()


@pytest.fixture
def phones(_phones: RunningNetwork) -> RunningNetwork:
    """The network, behaving well and without messages."""
    _phones.command_channel("ok")
    _phones.clear()
    _phones.rings(RINGS)
    _phones.site("", notify_token=NOTIFY_TOKEN, twilio_token=TWILIO_TOKEN, twilio_sid=TWILIO_SID)
    return _phones


@pytest.fixture
def site(phones: RunningNetwork) -> Iterator[Site]:
    """A site that hears what the network tells it."""
    site, server = open_site()
    phones.site(site.url, notify_token=NOTIFY_TOKEN, twilio_token=TWILIO_TOKEN, twilio_sid=TWILIO_SID)
    yield site
    server.shutdown()
    server.server_close()


@pytest.fixture
def notify(phones: RunningNetwork) -> NotificationsAPIClient:
    """The provider's own client, as the product uses it."""
    return NotificationsAPIClient(f"test-{NIL}-{NIL}", base_url=phones.url, timeout=5)
