"""One message as its phone shows it: mail, SMS, a push notification, a call. Demo text, so Dutch and not translated."""

from datetime import datetime, timedelta
from html import escape
from zoneinfo import ZoneInfo

from bondgenoten.local.network.book import Arrived
from bondgenoten.local.network.links import LINK

HERE = ZoneInfo("Europe/Amsterdam")
MONTHS = ["jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"]
LONG = 420  # characters of a mail shown before the rest is folded
KINDS = {
    "mail": ("mail", "Mail"),
    "sms": ("message", "Sms"),
    "push": ("bell", "Melding"),
    "voice": ("phone-call", "Gebeld"),
}
SHORT = 90  # characters of a call that is over; more is folded
KEYS = ("1", "2", "3", "*")
RINGING = ("initiated", "ringing")
ENDS = {
    "no-answer": ("phone-off", "Niet opgenomen"),
    "busy": ("phone-off", "In gesprek of weggedrukt"),
    "failed": ("phone-off", "Geen verbinding"),
    "canceled": ("phone-off", "Opgehouden met bellen"),
}


def icon(name: str) -> str:
    """Return one of the product's icons."""
    return f'<svg class="icon" aria-hidden="true" focusable="false"><use href="/icons.svg#{name}"></use></svg>'


def when(at: datetime, now: datetime) -> str:
    """Return a moment as on a phone: the time today, "gisteren", or the date; in Dutch time."""
    local, today = at.astimezone(HERE), now.astimezone(HERE).date()
    if local.date() == today:
        return f"{local:%H.%M}"
    if local.date() == today - timedelta(days=1):
        return "gisteren"
    return f"{local.day} {MONTHS[local.month - 1]}"


def is_ringing(message: Arrived) -> bool:
    """Whether this is a call that nobody has picked up yet."""
    return message.channel == "voice" and message.status in RINGING


def is_talking(message: Arrived) -> bool:
    """Whether this is a call that goes on."""
    return message.channel == "voice" and message.status == "in-progress"


def card(message: Arrived, owner: str, place: str, now: datetime) -> str:
    """Return a message on the phone of `owner`; its forms come back to `place`."""
    at = "nu" if is_ringing(message) or is_talking(message) else when(message.received_at, now)
    name, kind = KINDS[message.channel]
    if is_ringing(message):
        name, kind = "bell-ringing", "Gaat over"
    parts = [f'<p class="msg__head"><span>{icon(name)}{kind}</span><span>{at}</span></p>']
    if message.content.subject:
        parts.append(f'<p class="msg__subject">{escape(message.content.subject)}</p>')
    parts.append(_body(message, owner, place))
    for number, file in enumerate(message.content.attachments):
        parts.append(
            f'<p class="msg__file"><a href="/attachment/{message.number}/{number}" download="{escape(file.name)}">'
            f"{icon('file-text')}{escape(file.name)}</a></p>"
        )
    parts += [f'<p class="msg__reply"><span class="unseen">Teruggestuurd: </span>{escape(one)}</p>'
              for one in message.replies]  # fmt: skip
    if message.opened_at:
        parts.append(_note("eye", f"Geopend om {when(message.opened_at, message.opened_at)}"))
    if message.scanned_at:
        parts.append(_note("shield", f"De scanner opende de links om {when(message.scanned_at, message.scanned_at)}"))
    label = f"{kind} van {at}, {owner}"
    return f'<article class="msg msg--{message.channel}" aria-label="{escape(label)}">{"".join(parts)}</article>'


def _note(name: str, words: str) -> str:
    return f'<p class="msg__note">{icon(name)}{words}</p>'


def _body(message: Arrived, owner: str, place: str) -> str:
    match message.channel:
        case "mail":
            return _mail(message)
        case "voice":
            return _call(message, owner, place)
        case "push":
            return _push(message)
    return _sms(message)


def _anchor(message: Arrived, target: str, words: str, css: str = "") -> str:
    # `ping` tells this network that the link was followed; a browser that does not know it follows it all the same.
    style = f' class="{css}"' if css else ""
    ways = f'href="{escape(target)}" ping="/opened/{message.number}" target="_blank" rel="noopener"'
    return f"<a{style} {ways}>{escape(words)}</a>"


def _short(target: str) -> str:
    """Return an address without its secret end: "tafel.example/k/…"."""
    host, _, path = target.split("//", 1)[-1].partition("/")
    return f"{host}/{path.partition('/')[0]}/…" if "/" in path else f"{host}/{path}"


def _sms(message: Arrived) -> str:
    """The text, with its links where they stand."""
    text, out, at = message.content.text, [], 0
    for found in LINK.finditer(text):
        out += [escape(text[at : found.start()]), _anchor(message, found[0], _short(found[0]))]
        at = found.end()
    return f'<p class="msg__text">{"".join(out)}{escape(text[at:])}</p>'


def _push(message: Arrived) -> str:
    """As on a lock screen: the whole notification is the button."""
    text = message.content.text
    target = next((link for link in message.content.links if link.startswith(("http://", "https://"))), None)
    return f'<p class="msg__text">{_anchor(message, target, text) if target else escape(text)}</p>'


def _call(message: Arrived, owner: str, place: str) -> str:
    text = message.content.text
    said = f'<p class="msg__said">“{escape(text)}”</p>' if text else ""
    if is_ringing(message) or is_talking(message):
        return said + _keys(message, owner, place)
    name, words = ENDS.get(message.status, ("check", "Opgenomen, geen toets gekozen"))
    if message.pressed:
        name, words = "check", f"Toets {escape(message.pressed)} gekozen"
    elif message.answered_by.startswith("machine"):
        name, words = "microphone", "Ingesproken op de voicemail"
    if len(text) > SHORT:
        said = f"<details><summary>Wat er gezegd werd</summary>{said}</details>"
    return said + _note(name, words)


def _keys(message: Arrived, owner: str, place: str) -> str:
    """What a thumb can do now. Each is a form, so that it works without scripts."""

    def form(action: str, button: str) -> str:
        hidden = f'<input type="hidden" name="number" value="{message.number}">'
        hidden += f'<input type="hidden" name="back" value="{place}">'
        return f'<form method="post" action="{action}">{hidden}{button}</form>'

    unseen = f'<span class="unseen"> op de telefoon van {escape(owner)}</span>'
    ways = ""
    if is_ringing(message):
        ways += form("/pick-up", f'<button class="call call--yes">{icon("phone")}Opnemen{unseen}</button>')
    word = "Weigeren" if is_ringing(message) else "Ophangen"
    ways += form("/hang-up", f'<button class="call call--no">{icon("phone-off")}{word}{unseen}</button>')
    keys = "".join(
        f'<button class="key" name="digits" value="{key}"><span class="unseen">Toets </span>{key}{unseen}</button>'
        for key in KEYS
    )
    return f'<div class="calls">{ways}</div>' + form("/press", f'<div class="keys">{keys}</div>')


def _mail(message: Arrived) -> str:
    """The plain text without its addresses, then every link as a button. HTML of others is never put into this page."""
    words_of = dict(message.content.links)
    kept = []
    for line in message.content.text.splitlines():
        bare = LINK.sub("", line).strip()
        for target in LINK.findall(line):
            words_of[target] = words_of.get(target) or bare.rstrip(":- ") or "Open de link"
        if bare == line.strip():
            kept.append(bare)
        elif not bare and kept and kept[-1].rstrip(":") in words_of.values():
            kept.pop()  # the words of the button stood on a line of their own
    text = "\n".join(kept).strip()
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    cut = text.rfind(" ", 0, LONG) if len(text) > LONG else len(text)
    body = f'<p class="msg__text">{escape(text[:cut])}</p>'
    if text[cut:]:
        rest = f'<p class="msg__text">{escape(text[cut:].strip())}</p>'
        body += f"<details><summary>Lees verder</summary>{rest}</details>"
    buttons = [_anchor(message, target, words or "Open de link", "msg__button") for target, words in words_of.items()]
    return body + "".join(buttons)
