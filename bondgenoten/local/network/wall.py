"""The page: a wall of phones, one per person, newest message on top. Demo text, so Dutch only and not translated."""

from datetime import UTC, datetime
from html import escape

from bondgenoten.local.network.behaviour import CHANNELS, Behaviour
from bondgenoten.local.network.book import Arrived
from bondgenoten.local.network.cards import HERE, card, icon, is_ringing, is_talking, when
from bondgenoten.local.network.people import Phone

NUMBERS = ["geen", "een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien", "elf", "twaalf"]
OPEN = 2  # messages shown before the older ones are folded
SHOWN = 40  # messages per phone; a load test should not make a page of megabytes
OFF = ("refuse", "hang", "gone")
LINES = (  # channel, provider, what it is called
    ("mail", "smtp", "Mail"),
    ("sms", "notify", "Sms, eerste weg"),
    ("sms", "twilio", "Sms, tweede weg"),
    ("voice", "twilio", "Bellen"),
    ("push", "push", "Meldingen"),
)
MODES = {"ok": ("werkt", "Werkt weer"), "refuse": ("weigert", "Weigeren"), "hang": ("hangt", "Hangen")}


def page(phones: list[Phone], behaviour: Behaviour, now: datetime, version: int) -> str:
    """Return the whole page as HTML."""
    total = sum(len(phone.messages) for phone in phones)
    roster = "".join(
        f'<li><a href="#tel{number}">{_state(phone, behaviour)[0]}{escape(phone.name)}</a></li>'
        for number, phone in enumerate(phones, 1)
    )
    wall = "".join(_phone(number, phone, behaviour, now) for number, phone in enumerate(phones, 1))
    newest = max((phone.messages[0].received_at for phone in phones if phone.messages), default=None)
    said = f"Laatste bericht: {when(newest, now)}." if newest else "Alles wat de demo verstuurt, komt hier binnen."
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
<a class="tool" href="/">{icon("refresh")}Ververs</a>
<form method="post" action="/clear"><button class="tool">{icon("trash")}Leeg alles</button></form>
</div>
</div>
{_lines(behaviour)}
<nav class="roster" aria-label="Naar een telefoon"><ul>{roster}</ul></nav>
<ul class="wall">{wall}</ul>
</main>
<footer><p>Alleen voor de demo. Sms, mail, meldingen en telefoontjes komen binnen zoals een echte provider ze zou
krijgen. Wie hier op een knop tikt, geeft echt antwoord in de demo. Links openen in een nieuw tabblad.</p>
<p>Echt gevaar? <a href="tel:112">Bel 112</a>.</p></footer>
</body>
</html>
"""


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


# --- the lines: what the demo's providers do ----------------------------------------------------------------------


def _lines(behaviour: Behaviour) -> str:
    """A fold with one line per provider, which can be let to refuse, to hang and to work again."""
    modes = {line: behaviour.of(line[0], provider=line[1]).name for line in LINES}
    broken = [f"{line[2]}: {MODES.get(mode, (mode, ''))[0]}" for line, mode in modes.items() if mode != "ok"]
    words = escape("; ".join(broken)) if broken else "Alles werkt"
    return f"""<details class="lines" id="storing"{" open" if broken else ""}>
<summary><span>Storing naspelen</span><span class="lines__now{" lines__now--bad" if broken else ""}">
{icon("alert-triangle" if broken else "check")}{words}</span></summary>
<ul>{"".join(_line(line, mode) for line, mode in modes.items())}</ul>
</details>"""


def _line(line: tuple[str, str, str], mode: str) -> str:
    channel, provider, name = line
    buttons = "".join(
        f'<button class="tool tool--small" name="mode" value="{each}">{words}'
        f'<span class="unseen"> ({escape(name)})</span></button>'
        for each, (_, words) in MODES.items()
        if each != mode
    )
    hidden = "".join(
        f'<input type="hidden" name="{key}" value="{value}">'
        for key, value in (("channel", channel), ("provider", provider), ("back", "storing"))
    )
    now = MODES.get(mode, (mode, ""))[0]
    css = "" if mode == "ok" else " lines__now--bad"
    return f"""<li><p><strong>{escape(name)}</strong>
<span class="lines__now{css}">{icon("check" if mode == "ok" else "alert-triangle")}{escape(now)}</span></p>
<form method="post" action="/command">{hidden}{buttons}</form></li>"""


# --- the phones -----------------------------------------------------------------------------------------------


def _is_off(phone: Phone, behaviour: Behaviour) -> bool:
    modes = [behaviour.only_for(channel, to).name for channel in CHANNELS for to in phone.addresses]
    return any(mode in OFF for mode in modes)


def _state(phone: Phone, behaviour: Behaviour) -> tuple[str, str, bool]:
    """Return icon, words and whether all is well, for the line under a phone."""
    if _is_off(phone, behaviour):
        return icon("moon"), "Staat uit", False
    if not phone.messages:
        return icon("hourglass"), "Nog geen bericht", False
    if any(is_ringing(message) for message in phone.messages[:SHOWN]):
        return icon("bell-ringing"), "Wordt nu gebeld", False
    if any(is_talking(message) for message in phone.messages[:SHOWN]):
        return icon("phone-call"), "Is aan de telefoon", False
    return _answered(phone)


def _answered(phone: Phone) -> tuple[str, str, bool]:
    asking = next((message for message in phone.messages if message.content.links or message.channel == "voice"), None)
    if asking is None:
        return icon("check"), "Bericht gekregen", True
    replied = next((message for message in phone.messages if message.pressed or message.replies), None)
    if replied:
        return icon("check"), "Antwoordde met een toets" if replied.pressed else "Antwoordde met een sms", True
    opened = next((message.opened_at for message in phone.messages if message.opened_at), None)
    if opened:
        return icon("check"), f"Geopend om {when(opened, opened)}", True
    if asking.channel == "voice":
        return icon("phone-off"), "Nam niet op", False
    return icon("hourglass"), "Nog niet geopend", False


def _phone(number: int, phone: Phone, behaviour: Behaviour, now: datetime) -> str:
    sign, words, well = _state(phone, behaviour)
    off, place = _is_off(phone, behaviour), f"tel{number}"
    messages = sorted(phone.messages[:SHOWN], key=lambda message: not (is_ringing(message) or is_talking(message)))
    shown = [card(message, phone.name, place, now) for message in messages]
    older = shown[OPEN:]
    screen = "".join(shown[:OPEN])
    if off:
        screen = f'<p class="dark">{icon("moon")}Staat uit.</p>'
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
    signs = "" if off else f"<span>{icon('wifi')}{icon('battery-3')}</span>"
    rings = " phone--ringing" if not off and messages and is_ringing(messages[0]) else ""
    css = f"phone phone--{(number - 1) % 5 + 1}{' phone--off' if off else ''}{rings}"
    return f"""<li class="{css}" id="{place}" data-newest="{newest}">
<div class="phone__label"><h2>{escape(phone.name)}</h2><p>{escape(phone.about)}</p></div>
<div class="phone__body"><div class="phone__bar" aria-hidden="true"><span>{clock}</span>{signs}</div>
<div class="phone__screen">{screen}</div>{"" if off else _reply(messages, phone, place)}</div>
<p class="phone__state{" phone__state--well" if well else ""}">{sign}{words}</p>
</li>"""


def _reply(messages: list[Arrived], phone: Phone, place: str) -> str:
    """The bar at the bottom in which one texts back, once there is an SMS to answer."""
    last = max((message for message in messages if message.channel == "sms"), key=lambda sms: sms.number, default=None)
    if last is None:
        return ""
    hidden = (
        f'<input type="hidden" name="number" value="{last.number}"><input type="hidden" name="back" value="{place}">'
    )
    label = f"Sms terug van {escape(phone.name)}"
    return f"""<form class="text" method="post" action="/reply">{hidden}
<label class="unseen" for="{place}-text">{label}</label>
<input id="{place}-text" name="text" required maxlength="1600" autocomplete="off" placeholder="Sms terug">
<button>{icon("send")}<span class="unseen">Verstuur de {label[0].lower() + label[1:]}</span></button></form>"""


def at_this_moment() -> datetime:
    """Return the time now; the page shows it in Dutch time."""
    return datetime.now(UTC)
