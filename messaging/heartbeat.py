"""A dead man's switch: tell an outside monitor that a full round was completed. When it hears nothing, it warns people.

A thread of its own, one at a time: whatever that monitor does, no message waits for it.
"""

import logging
import threading
import time

import requests
from django.conf import settings

logger = logging.getLogger(__name__)

EVERY = 30.0  # seconds at least between two
TIMEOUT = 5.0  # seconds for connecting, and for each word of the answer


class _Beat:
    """Per process: the last one."""

    at: float | None = None  # monotonic
    thread: threading.Thread | None = None


def beat(*, since: float) -> bool:
    """Tell it, if a URL is set, a round was completed since (`since`, monotonic), and the last time is a while ago.

    Returns at once: whether it is being told now.
    """
    now = time.monotonic()
    if not settings.HEARTBEAT_URL or (_Beat.thread and _Beat.thread.is_alive()):
        return False
    if _Beat.at is not None and (now - _Beat.at < EVERY or since <= _Beat.at):
        return False
    _Beat.at = now
    _Beat.thread = threading.Thread(target=_tell, args=(settings.HEARTBEAT_URL,), name="heartbeat", daemon=True)
    _Beat.thread.start()
    return True


def _tell(url: str) -> None:
    try:
        with requests.get(url, timeout=TIMEOUT, stream=True, allow_redirects=False) as answer:
            if not answer.ok:
                logger.warning("The heartbeat's monitor answers %d", answer.status_code)
    except requests.RequestException as error:
        logger.warning("The heartbeat's monitor does not answer: %s", type(error).__name__)
