"""A browser that looks at the page of a call as htmx does: one kept connection, and a question at the page's rhythm."""

import html
import http.client
import re
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

ASKS = re.compile(r'id="call-poll" hx-get="([^"]+)" hx-trigger="every ([\d.]+)s"')


@dataclass
class Onlooker:
    """One open page. `answers` are the moments (time.monotonic) at which it showed so many; `asked` counts."""

    site: str
    session: str
    page: str
    late: float  # seconds to wait before the first question: browsers do not open at the same moment
    answers: dict[int, float] = field(default_factory=dict)
    asked: int = 0
    unchanged: int = 0
    seconds: list[float] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(self.site).netloc, timeout=20)
        self._next, self.rhythm = self._asks(self._get(self.page)[1])

    def look(self, ended: threading.Event) -> None:
        """Ask again and again until `ended`, or until the page says that it need not any more."""
        ended.wait(self.late)
        while self._next and not ended.wait(self.rhythm):
            began = time.monotonic()
            status, page = self._get(self._next)
            self.seconds.append(time.monotonic() - began)
            self.asked += 1
            if status == http.client.NO_CONTENT:
                self.unchanged += 1
            elif status == http.client.OK:
                for number in range(_answered(page) + 1):
                    self.answers.setdefault(number, time.monotonic())
                self._next, self.rhythm = self._asks(page)
            else:
                self.problems.append(f"{status} {self._next}")

    def _get(self, path: str) -> tuple[int, str]:
        headers = {"Cookie": f"sessie={self.session}", "HX-Request": "true", "Accept-Encoding": "gzip"}
        for last in (False, True):
            try:
                self._connection.request("GET", path, headers=headers)
                answer = self._connection.getresponse()
                return answer.status, answer.read().decode()
            except (http.client.HTTPException, ConnectionError):  # the server let go of a connection that was idle
                self._connection.close()
                if last:
                    raise
        raise AssertionError("never here")

    def _asks(self, page: str) -> tuple[str, float]:
        found = ASKS.search(page)
        return (html.unescape(found[1]), float(found[2])) if found else ("", 0.0)


def _answered(page: str) -> int:
    """How many people the page says have answered."""
    return page.partition('class="bond-answer-list"')[2].partition("</ul>")[0].count("<li")
