"""The page: a wall of phones, one per person, newest message on top. Demo text, so Dutch only and not translated."""

from datetime import UTC, datetime, timedelta
from html import escape
from zoneinfo import ZoneInfo

from bondgenoten.local.network.behaviour import CHANNELS, Behaviour
from bondgenoten.local.network.book import Arrived
from bondgenoten.local.network.links import LINK
from bondgenoten.local.network.people import Phone

HERE = ZoneInfo("Europe/Amsterdam")
MONTHS = ["jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"]
NUMBERS = ["geen", "een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien", "elf", "twaalf"]
OPEN = 2  # messages shown before the older ones are folded
LONG = 420  # characters of a mail shown before the rest is folded
SHOWN = 40  # messages per phone; a load test should not make a page of megabytes


def page(phones: list[Phone], behaviour: Behaviour, now: datetime, version: int) -> str:
    """Return the whole page as HTML."""
    total = sum(len(phone.messages) for phone in phones)
    roster = "".join(
        f'<li><a href="#tel{number}">{_state(phone, behaviour)[0]}{escape(phone.name)}</a></li>'
        for number, phone in enumerate(phones, 1)
    )
    wall = "".join(_phone(number, phone, behaviour, now) for number, phone in enumerate(phones, 1))
    newest = max((phone.messages[0].received_at for phone in phones if phone.messages), default=None)
    said = f"Laatste bericht: {_when(newest, now)}." if newest else "Alles wat de demo verstuurt, komt hier binnen."
    return f"""<!DOCTYPE html>
<html lang="nl">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Demo: de telefoons</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/wall.css">
<noscript><meta http-equiv="refresh" content="10"></noscript>
<script src="/wall.js" defer></script>
</head>
<body data-version="{version}">
<header class="tape"><p><strong>Demo</strong> Deze telefoons zijn nep. Er gaat niets de deur uit.</p></header>
<main>
<div class="head">
<div><h1>{_heading(len(phones), total)}</h1><p id="said" role="status">{said}</p></div>
<div class="tools">
<button class="tool" id="live" type="button" hidden>Stop met bijwerken</button>
<a class="tool" href="/">{_icon("refresh")}Ververs</a>
<form method="post" action="/clear"><button class="tool">{_icon("trash")}Leeg alles</button></form>
</div>
</div>
<nav class="roster" aria-label="Naar een telefoon"><ul>{roster}</ul></nav>
<ul class="wall">{wall}</ul>
</main>
<footer><p>Alleen voor de demo. Sms en mail komen binnen zoals een echte provider ze zou krijgen. Wie hier op een knop
tikt, geeft echt antwoord in de demo. Links openen in een nieuw tabblad.</p>
<p>Echt gevaar? <a href="tel:112">Bel 112</a>.</p></footer>
</body>
</html>
"""


def _icon(name: str) -> str:
    return f'<svg class="icon" aria-hidden="true" focusable="false"><use href="/icons.svg#{name}"></use></svg>'


def _number(count: int) -> str:
    return NUMBERS[count] if count < len(NUMBERS) else str(count)


def _heading(phones: int, messages: int) -> str:
    if not messages:
        return "Nog geen berichten"
    words = (
        f"{_number(phones)} {'telefoon' if phones == 1 else 'telefoons'}, "
        f"{_number(messages)} {'bericht' if messages == 1 else 'berichten'}"
    )
    return words[0].upper() + words[1:]


def _when(at: datetime, now: datetime) -> str:
    """Return a moment as on a phone: the time today, "gisteren", or the date; in Dutch time."""
    local, today = at.astimezone(HERE), now.astimezone(HERE).date()
    if local.date() == today:
        return f"{local:%H.%M}"
    if local.date() == today - timedelta(days=1):
        return "gisteren"
    return f"{local.day} {MONTHS[local.month - 1]}"


def _is_off(phone: Phone, behaviour: Behaviour) -> bool:
    modes = [behaviour.only_for(channel, to).name for channel in CHANNELS for to in phone.addresses]
    return any(mode in ("refuse", "hang") for mode in modes)


def _state(phone: Phone, behaviour: Behaviour) -> tuple[str, str, bool]:
    """Return icon, words and whether all is well, for the line under a phone."""
    if _is_off(phone, behaviour):
        return _icon("moon"), "Staat uit", False
    if not phone.messages:
        return _icon("hourglass"), "Nog geen bericht", False
    asking = next((message for message in phone.messages if message.content.links), None)
    if asking and asking.opened_at:
        return _icon("check"), f"Geopend om {_when(asking.opened_at, asking.opened_at)}", True
    if asking:
        return _icon("hourglass"), "Nog niet geopend", False
    return _icon("check"), "Bericht gekregen", True


def _phone(number: int, phone: Phone, behaviour: Behaviour, now: datetime) -> str:
    icon, words, well = _state(phone, behaviour)
    off = _is_off(phone, behaviour)
    shown = [_message(message, phone, now) for message in phone.messages[:SHOWN]]
    older = shown[OPEN:]
    screen = "".join(shown[:OPEN])
    if off:
        screen = f'<p class="dark">{_icon("moon")}Staat uit.</p>'
        older = shown
    elif not shown:
        screen = '<p class="empty">Nog niets.</p>'
    if older:
        # The name is for who hears the page: ten times "Ouder" says nothing.
        count = len(phone.messages) - len(shown) + len(older)
        label = f'Ouder<span class="unseen"> op de telefoon van {escape(phone.name)}</span> ({count})'
        screen += f'<details class="older"><summary>{label}</summary>{"".join(older)}</details>'
    newest = phone.messages[0].number if phone.messages else 0
    clock = "&nbsp;" if off else f"{now.astimezone(HERE):%H.%M}"
    signs = "" if off else f"<span>{_icon('wifi')}{_icon('battery-3')}</span>"
    css = f"phone phone--{(number - 1) % 5 + 1}{' phone--off' if off else ''}"
    return f"""<li class="{css}" id="tel{number}" data-newest="{newest}">
<div class="phone__label"><h2>{escape(phone.name)}</h2><p>{escape(phone.about)}</p></div>
<div class="phone__body"><div class="phone__bar" aria-hidden="true"><span>{clock}</span>{signs}</div>
<div class="phone__screen">{screen}</div></div>
<p class="phone__state{" phone__state--well" if well else ""}">{icon}{words}</p>
</li>"""


def _message(message: Arrived, phone: Phone, now: datetime) -> str:
    at = _when(message.received_at, now)
    icon, kind = (_icon("mail"), "Mail") if message.channel == "mail" else (_icon("message"), "Sms")
    parts = [f'<p class="msg__head"><span>{icon}{kind}</span><span>{at}</span></p>']
    if message.content.subject:
        parts.append(f'<p class="msg__subject">{escape(message.content.subject)}</p>')
    parts.append(_mail_body(message) if message.channel == "mail" else _sms_body(message))
    for place, file in enumerate(message.content.attachments):
        parts.append(
            f'<p class="msg__file"><a href="/attachment/{message.number}/{place}" download="{escape(file.name)}">'
            f"{_icon('file-text')}{escape(file.name)}</a></p>"
        )
    if message.opened_at:
        parts.append(f'<p class="msg__note">{_icon("eye")}Geopend om {_when(message.opened_at, message.opened_at)}</p>')
    label = f"{kind} van {at}, {phone.name}"
    return f'<article class="msg msg--{message.channel}" aria-label="{escape(label)}">{"".join(parts)}</article>'


def _anchor(message: Arrived, target: str, words: str, css: str = "") -> str:
    # `ping` tells this network that the link was followed; a browser that does not know it follows it all the same.
    style = f' class="{css}"' if css else ""
    ways = f'href="{escape(target)}" ping="/opened/{message.number}" target="_blank" rel="noopener"'
    return f"<a{style} {ways}>{escape(words)}</a>"


def _short(target: str) -> str:
    """Return an address without its secret end: "tafel.example/k/…"."""
    host, _, path = target.split("//", 1)[-1].partition("/")
    return f"{host}/{path.partition('/')[0]}/…" if "/" in path else f"{host}/{path}"


def _sms_body(message: Arrived) -> str:
    """The text, with its links where they stand."""
    out, at = [], 0
    for found in LINK.finditer(message.content.text):
        out += [escape(message.content.text[at : found.start()]), _anchor(message, found[0], _short(found[0]))]
        at = found.end()
    return f'<p class="msg__text">{"".join(out)}{escape(message.content.text[at:])}</p>'


def _mail_body(message: Arrived) -> str:
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


def at_this_moment() -> datetime:
    """Return the time now; the page shows it in Dutch time."""
    return datetime.now(UTC)
