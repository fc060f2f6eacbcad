"""Which links a message has, and the words on them."""

import re
from html.parser import HTMLParser

LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]")


class _Anchors(HTMLParser):
    """Collects address and words of every link in a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self._open: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        target = dict(attrs).get("href") or ""
        if tag == "a" and target.startswith(("http://", "https://")):
            self._open = target
            self.found.setdefault(target, "")

    def handle_data(self, data: str) -> None:
        if self._open:
            self.found[self._open] = f"{self.found[self._open]} {data}".strip()

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._open = None


def links_in(text: str, html: str = "") -> dict[str, str]:
    """Return every link of a message in order, with the words on it where the HTML has them."""
    links = dict.fromkeys(LINK.findall(text), "")
    if html:
        anchors = _Anchors()
        anchors.feed(html)
        for target, words in anchors.found.items():
            links[target] = " ".join(words.split()) if words != target else ""
    return links
