"""The mail half of the network: an SMTP server that delivers everything to the book."""

import asyncio
import re
import time
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart
from html.parser import HTMLParser

from aiosmtpd.smtp import SMTP, Envelope, Session

from bondgenoten.local.network.behaviour import Behaviour, Mode
from bondgenoten.local.network.book import Arrived, Attachment, Book

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
    anchors = _Anchors()
    anchors.feed(html)
    links = dict.fromkeys(LINK.findall(text), "")
    for target, words in anchors.found.items():
        links[target] = " ".join(words.split()) if words != target else ""
    return links


def _content(part: MIMEPart | None) -> str:
    return str(part.get_content()).strip() if part else ""


def _attachments(mail: EmailMessage, *bodies: MIMEPart | None) -> Iterator[Attachment]:
    for part in mail.walk():
        if part.is_multipart() or any(part is body for body in bodies):
            continue
        content = part.get_payload(decode=True)
        name = part.get_filename() or ("afspraak.ics" if part.get_content_type() == "text/calendar" else "bestand")
        yield Attachment(name, part.get_content_type(), content if isinstance(content, bytes) else b"")


def read_mail(content: bytes, recipients: list[str]) -> list[Arrived]:
    """Return a raw mail as one message per recipient of its envelope."""
    mail = message_from_bytes(content, policy=policy.default)
    plain, rich = mail.get_body(("plain",)), mail.get_body(("html",))
    text, html = _content(plain), _content(rich)
    return [
        Arrived(
            channel="mail",
            to=address.lower(),
            subject=str(mail["subject"] or ""),
            text=text,
            html=html,
            links=links_in(text, html),
            reference=str(mail["message-id"] or "").strip(),
            sender=str(mail["from"] or ""),
            headers={name: str(value) for name, value in mail.items()},
            attachments=tuple(_attachments(mail, plain, rich)),
        )
        for address in recipients
    ]


class Deliver:
    """aiosmtpd's hooks: what to answer to each command of the sender. Names and arguments are aiosmtpd's."""

    def __init__(self, book: Book, behaviour: Behaviour) -> None:
        self.book = book
        self.behaviour = behaviour

    async def handle_MAIL(  # noqa: N802 -- aiosmtpd finds it by this name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        mode = self.behaviour.of("mail")
        if mode.name == "refuse":
            return f"{mode.code or 451} Try again later"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 -- aiosmtpd finds it by this name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        mode = self.behaviour.only_for("mail", address.lower())
        if mode.name == "refuse":
            return f"{mode.code or 550} No such mailbox"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 -- aiosmtpd finds it by this name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        arrived = read_mail(content, envelope.rcpt_tos)
        to = envelope.rcpt_tos[0].lower()
        mode = self.behaviour.of("mail", to)
        if mode.name == "mute":
            self.book.add(*arrived)
        if mode.name in ("hang", "slow", "mute"):
            await self._wait(to, mode)
        if mode.name in ("hang", "mute"):
            return "421 Closing"
        self.book.add(*arrived)
        return f"250 Taken as {arrived[0].number}"

    async def _wait(self, to: str, mode: Mode) -> None:
        deadline = time.monotonic() + mode.seconds
        # Looks now and then, because the command comes from another thread; a thread per sender would run out.
        while time.monotonic() < deadline and self.behaviour.of("mail", to) is mode:  # noqa: ASYNC110 -- see above
            await asyncio.sleep(0.05)
