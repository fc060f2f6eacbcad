"""What providers tell the site by themselves: receipts, replies, keys. Signed or with a token, as each of them does."""

import json
import random
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

from twilio.request_validator import RequestValidator

from bondgenoten.local.network.behaviour import Behaviour
from bondgenoten.local.network.later import Later

HERE = ("127.0.0.1", "localhost", "::1")  # nothing leaves this machine, whatever address somebody gives us
PATIENCE = 10.0  # seconds that the site has to answer
AGAIN = (1.0, 2.0, 4.0, 8.0, 16.0)  # seconds between attempts; Notify itself tries five times, five minutes apart


@dataclass
class Site:
    """Where the product is, and what its providers and it have agreed on."""

    url: str = ""
    notify_token: str = ""
    twilio_token: str = ""
    twilio_sid: str = ""


@dataclass(frozen=True)
class Answer:
    """What the site said; status 0 when it said nothing."""

    status: int
    body: str = ""


@dataclass(frozen=True)
class Told:
    """One request that we made to the site."""

    number: int
    at: datetime
    url: str
    values: Mapping[str, Any]
    headers: Mapping[str, str]
    status: int


@dataclass
class Courier:
    """Takes news to the site, at once or a little later, as `behaviour` says about receipts."""

    site: Site
    behaviour: Behaviour
    later: Later
    told: deque[Told] = field(default_factory=lambda: deque(maxlen=20_000))

    def __post_init__(self) -> None:
        self._numbers = count(1)
        self._lock = threading.Lock()
        self._opener = urllib.request.build_opener(_Stay)

    def soon(self, channel: str, send: Callable[[], Answer], *, attempts: int = 2) -> None:
        """Send a receipt the way receipts of this channel go now; again when the site does not answer."""
        how = self.behaviour.receipts(channel)
        if how.name == "lose":
            return
        wait = 0.0
        if how.name == "delay":
            wait = 5.0 if how.seconds is None else how.seconds
        elif how.name == "shuffle":
            wait = random.uniform(0, how.seconds or 1.0)  # noqa: S311 -- no secret
        self._try(send, wait, attempts)
        if how.name == "repeat":
            self._try(send, wait + (how.seconds or 0.2), attempts)

    def _try(self, send: Callable[[], Answer], wait: float, attempts: int) -> None:
        def attempt(done: int = 0) -> None:
            status = send().status
            if (status == 0 or status >= 500) and done + 1 < attempts and self.site.url:
                self.later.after(AGAIN[done], lambda: attempt(done + 1))

        self.later.after(wait, attempt)

    def signed(self, url: str, values: Mapping[str, str], *, signature: str | None = None) -> Answer:
        """POST a form as Twilio does, signed with our shared token; `signature` is for who wants to sign wrongly."""
        if signature is None:
            validator: Any = RequestValidator(self.site.twilio_token)  # it carries no types
            signature = validator.compute_signature(url, dict(values))
        headers = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8", "User-Agent": "TwilioProxy/1.1"}
        if signature:
            headers["X-Twilio-Signature"] = str(signature)
        return self._post(url, urllib.parse.urlencode(values).encode(), headers, values)

    def bearing(self, path: str, values: Mapping[str, Any], *, token: str | None = None) -> Answer:
        """POST JSON to a path of the site as Notify does; `token` is for who wants to bring a wrong one."""
        token = self.site.notify_token if token is None else token
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        return self._post(self.site.url + path, json.dumps(values).encode(), headers, values)

    def _post(self, url: str, body: bytes, headers: dict[str, str], values: Mapping[str, Any]) -> Answer:
        answer = Answer(0)
        if urllib.parse.urlsplit(url).hostname in HERE:
            try:
                asked = urllib.request.Request(url, data=body, headers=headers)
                with self._opener.open(asked, timeout=PATIENCE) as said:
                    answer = Answer(said.status, said.read().decode(errors="replace"))
            except urllib.error.HTTPError as problem:
                with problem:
                    answer = Answer(problem.code, problem.read().decode(errors="replace"))
            except OSError:
                pass
        with self._lock:
            self.told.append(Told(next(self._numbers), datetime.now(UTC), url, values, headers, answer.status))
        return answer


class _Stay(urllib.request.HTTPRedirectHandler):
    """A provider does not follow a redirect with its news: that the site answers so is for the test to see."""

    def redirect_request(self, *_args: Any) -> None:
        return None
