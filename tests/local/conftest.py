"""A pretend phone network for the tests of this folder, one per test session and emptied for each test."""

from collections.abc import Iterator

import pytest
from notifications_python_client.notifications import NotificationsAPIClient

from bondgenoten.local.network.running import RunningNetwork, start_network

NIL = "00000000-0000-0000-0000-000000000000"


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
    return _phones


@pytest.fixture
def notify(phones: RunningNetwork) -> NotificationsAPIClient:
    """The provider's own client, as the product uses it."""
    return NotificationsAPIClient(f"test-{NIL}-{NIL}", base_url=phones.url, timeout=5)
