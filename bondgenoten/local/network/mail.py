"""The mail half of the network: an SMTP server that delivers everything to the book."""

import asyncio
import re
import time
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart
from functools import cache, partial

from aiosmtpd.smtp import SMTP, Envelope, Session

from bondgenoten.local.network.behaviour import Mode
from bondgenoten.local.network.book import Arrived, Attachment, Content
from bondgenoten.local.network.exchange import Exchange
from bondgenoten.local.network.links import links_in

MESSAGE_ID = re.compile(rb"^message-id:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
PROVIDER = "smtp"


def _text(part: MIMEPart | None) -> str:
    return str(part.get_content()).strip() if part else ""


def _attachments(mail: EmailMessage, *bodies: MIMEPart | None) -> Iterator[Attachment]:
    for part in mail.walk():
        if part.is_multipart() or any(part is body for body in bodies):
            continue
        content = part.get_payload(decode=True)
        # Beside the text, not attached to it: what a calendar reads by itself.
        name = part.get_filename() or ("voor je agenda" if part.get_content_type() == "text/calendar" else "bestand")
        yield Attachment(name, part.get_content_type(), content if isinstance(content, bytes) else b"")


def _read(raw: bytes) -> Content:
    mail = message_from_bytes(raw, policy=policy.default)
    plain, rich = mail.get_body(("plain",)), mail.get_body(("html",))
    text, html = _text(plain), _text(rich)
    return Content(
        text=text,
        subject=str(mail["subject"] or ""),
        html=html,
        links=links_in(text, html),
        headers={name: str(value) for name, value in mail.items()},
        attachments=tuple(_attachments(mail, plain, rich)),
    )


def read_mail(raw: bytes, sender: str, recipients: list[str]) -> list[Arrived]:
    """Return a raw mail as one message per recipient of its envelope. Its content is read when somebody looks."""
    head = raw.partition(b"\r\n\r\n")[0]
    found = MESSAGE_ID.search(head.replace(b"\r\n ", b" ").replace(b"\r\n\t", b" "))
    reference = found[1].decode(errors="replace") if found else ""
    content = cache(partial(_read, raw))  # read once, also for several recipients
    return [
        Arrived("mail", address.lower(), content, provider=PROVIDER, sender=sender, reference=reference)
        for address in recipients
    ]


class Deliver:
    """aiosmtpd's hooks: what to answer to each command of the sender. Names and arguments are aiosmtpd's."""

    def __init__(self, exchange: Exchange) -> None:
        self.book = exchange.book
        self.behaviour = exchange.behaviour

    async def handle_MAIL(  # noqa: N802 -- aiosmtpd finds it by this name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        mode = self.behaviour.of("mail", provider=PROVIDER)
        if mode.name in ("refuse", "throttle"):
            self.book.attempted("mail", PROVIDER, "", "", mode.name)
            return f"{mode.code or 451} Try again later"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 -- aiosmtpd finds it by this name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        mode = self.behaviour.of("mail", address, PROVIDER)
        if mode.name in ("refuse", "gone", "throttle"):
            self.book.attempted("mail", PROVIDER, address.lower(), "", mode.name)
            usual = 450 if mode.name == "throttle" else 550
            return f"{mode.code or usual} {'Too much, try again later' if usual == 450 else 'No such mailbox'}"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 -- aiosmtpd finds it by this name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        arrived = read_mail(content, envelope.mail_from or "", envelope.rcpt_tos)
        mode = self.behaviour.of("mail", arrived[0].to, PROVIDER)
        for each in arrived:
            self.book.attempted("mail", PROVIDER, each.to, each.reference, mode.name)
        if mode.name in ("hang", "slow"):
            await self._wait(arrived[0].to, mode)
        if mode.name == "hang":
            return "421 Closing"
        for each in arrived:
            each.status = "bounced" if mode.name == "bounce" else "delivered"  # SMTP has no way to tell the site
        self.book.add(*arrived)
        if mode.name == "mute":
            await self._wait(arrived[0].to, mode)
            return "421 Closing"
        if mode.name == "cut" and isinstance(server.transport, asyncio.WriteTransport):
            server.transport.abort()
        return "not a status at all" if mode.name == "wrong" else f"250 Taken as {arrived[0].number}"

    async def _wait(self, to: str, mode: Mode) -> None:
        deadline = time.monotonic() + mode.lasts()
        # Looks now and then, because the command comes from another thread; a thread per sender would run out.
        while time.monotonic() < deadline and self.behaviour.of("mail", to, PROVIDER) is mode:  # noqa: ASYNC110 -- see above
            await asyncio.sleep(0.05)
