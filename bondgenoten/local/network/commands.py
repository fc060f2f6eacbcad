"""What tests and the wall ask of the network: behave so, answer this SMS, press that key, look like a scanner.

Each command takes the plain values of its request and returns plain values. Raises KeyError, TypeError or ValueError
for what cannot be done, with a sentence.
"""

import http.client
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

from bondgenoten.local.network import notify_api, push, twilio_api
from bondgenoten.local.network.behaviour import Mode, Receipts
from bondgenoten.local.network.book import Arrived, Content
from bondgenoten.local.network.calls import NotPossible, Switchboard
from bondgenoten.local.network.courier import HERE, Answer
from bondgenoten.local.network.exchange import Exchange

Asked = dict[str, Any]
PATIENCE = 10.0  # seconds a scanner waits for a page
SCANNER = "Mozilla/5.0 (compatible; link scanner)"


class Commands:
    """All commands by path."""

    def __init__(self, exchange: Exchange, switchboard: Switchboard, url: str) -> None:
        self.exchange = exchange
        self.switchboard = switchboard
        self.url = url
        self.by_path: dict[str, Callable[[Asked], Any]] = {
            "/command": self.behave,
            "/receipts": self.receipts,
            "/rings": self.rings,
            "/site": self.site,
            "/reply": self.reply,
            "/pick-up": self.pick_up,
            "/press": self.press,
            "/hang-up": self.hang_up,
            "/forge": self.forge,
            "/open": self.open,
            "/clear": self.clear,
            "/push/subscription": lambda asked: push.subscription(self.url, str(asked.get("name", ""))),
        }

    def behave(self, asked: Asked) -> Asked:
        """{"mode", "channel", "provider", "to": an address or a list, "seconds", "code"}; only mode is needed."""
        mode = Mode(asked["mode"], _seconds(asked), int(asked.get("code") or 0))
        to = asked.get("to") or None
        for each in to if isinstance(to, list) else [to]:
            self.exchange.behaviour.set(
                mode, channel=asked.get("channel") or None, provider=asked.get("provider") or None, to=each
            )
        if mode.name == "ok" and not asked.get("channel"):
            self.exchange.stopped.clear()
            self.exchange.behaviour.set_receipts(Receipts())
        self.exchange.book.touch()
        return {}

    def receipts(self, asked: Asked) -> Asked:
        """{"mode": ok, lose, repeat, shuffle or delay, "seconds", "channel"}."""
        self.exchange.behaviour.set_receipts(Receipts(asked["mode"], _seconds(asked)), asked.get("channel") or None)
        return {}

    def rings(self, asked: Asked) -> Asked:
        """{"seconds": how long a phone rings}."""
        self.switchboard.rings = float(asked["seconds"])
        return {}

    def site(self, asked: Asked) -> Asked:
        """{"url", "notify_token", "twilio_token", "twilio_sid"}: where the site is; what is not said stays."""
        site = self.exchange.site
        site.url = str(asked.get("url", site.url)).rstrip("/")
        for name in ("notify_token", "twilio_token", "twilio_sid"):
            setattr(site, name, str(asked.get(name, getattr(site, name))))
        return {}

    def reply(self, asked: Asked) -> Asked:
        """{"from", "text", "to", "provider"}, or {"number", "text"}: text back. Returns the site's {"status"}.

        Without a provider it goes back the way the last SMS to that number came.
        """
        known = self._entry(asked) if asked.get("number") else None
        sender = known.to if known else str(asked["from"])
        last = known or next((one for one in reversed(self.exchange.book.to(sender)) if one.channel == "sms"), None)
        provider = asked.get("provider") or (last.provider if last else notify_api.PROVIDER)
        to, text = str(asked.get("to") or (last.sender if last else "")), str(asked["text"])
        answer = self._received(provider, sender, text, to)
        if last:
            last.replies.append(text)
            self.exchange.book.touch()
        return {"status": answer.status, "body": answer.body}

    def pick_up(self, asked: Asked) -> Asked:
        """{"number"}: a person picks up. Returns what was said."""
        return {"said": self.switchboard.pick_up(self._number(asked)).said}

    def press(self, asked: Asked) -> Asked:
        """{"number", "digits"}: a person presses keys, and picks up first. Returns {"status", "said", "over"}."""
        return self.switchboard.press(self._number(asked), str(asked["digits"]))

    def hang_up(self, asked: Asked) -> Asked:
        """{"number"}: a person puts the phone down."""
        self.switchboard.hang_up(self._number(asked))
        return {}

    def open(self, asked: Asked) -> list[Asked]:
        """{"number"}: fetch every link of a message as a mail scanner does, with HEAD and with GET."""
        message = self._entry(asked)
        targets = [link for link in message.content.links if urllib.parse.urlsplit(link).hostname in HERE]
        seen = [{"url": link, "head": _fetch(link, "HEAD"), "get": _fetch(link, "GET")} for link in targets]
        message.scanned_at = datetime.now(UTC)
        self.exchange.book.touch()
        return seen

    def clear(self, asked: Asked) -> Asked:
        """Forget every message."""
        self.switchboard.clear()
        self.exchange.clear()
        return {}

    def forge(self, asked: Asked) -> Asked:
        """Tell the site something that is not so; return its {"status"}.

        {"what": "receipt", "reply", "status" or "key", "provider", "signed": "no", "wrong" or "yes", and what to lie
        about: "number" of a true message, "reference", "status", "from", "to", "text", "digits", "url"}.
        """
        signed, what = asked.get("signed", "wrong"), asked["what"]
        sign = {"no": "", "wrong": "d3Jvbmc=", "yes": None}[signed]
        if what == "reply":
            provider, sender = asked.get("provider") or notify_api.PROVIDER, str(asked.get("from", "+31600000000"))
            answer = self._received(provider, sender, str(asked.get("text", "1")), str(asked.get("to", "")), sign=sign)
            return {"status": answer.status, "body": answer.body}
        lie = self._lie(asked)
        if lie.provider == notify_api.PROVIDER:
            values = notify_api.receipt(lie)
            answer = self.exchange.courier.bearing(notify_api.DELIVERED_AT, values, token=sign)
        else:
            answer = self._forge_twilio(lie, asked, sign)
        return {"status": answer.status, "body": answer.body}

    def _lie(self, asked: Asked) -> Arrived:
        """A message that never was, with the facts of a true one where a number is given."""
        true = self._entry(asked) if asked.get("number") else None
        lie = Arrived(
            true.channel if true else str(asked.get("channel", "sms")),
            str(asked.get("to", true.to if true else "+31600000000")),
            true.written if true else Content(""),
            provider=str(asked.get("provider") or (true.provider if true else notify_api.PROVIDER)),
            reference=str(asked.get("reference", true.reference if true else "")),
            sender=true.sender if true else "",
            status=str(asked.get("status", "delivered")),
        )
        if true:
            lie.uuid = true.uuid
        return lie

    def _forge_twilio(self, lie: Arrived, asked: Asked, sign: str | None) -> Answer:
        account = self.exchange.site.twilio_sid
        values = twilio_api.status_of(lie, account)
        paths = {"receipt": "sms-stand", "status": "stand", "key": "toets"}
        url = asked.get("url") or f"{self.exchange.site.url}/haken/twilio/{paths[asked['what']]}/{lie.reference}/"
        if asked["what"] != "receipt":
            names = ("AccountSid", "From", "To")
            values = {name: values[name] for name in names} | {"CallSid": lie.uuid, "CallStatus": lie.status}
        if asked["what"] == "key":
            values |= {"Digits": str(asked.get("digits", "1"))}
        return self.exchange.courier.signed(url, values, signature=sign)

    def _received(self, provider: str, sender: str, text: str, to: str, *, sign: str | None = None) -> Answer:
        """Tell the site of a text; twice when receipts go twice."""
        courier, answer = self.exchange.courier, Answer(0)
        send: Callable[[], Answer]
        if provider == twilio_api.PROVIDER:
            form = twilio_api.received(sender, text, to, self.exchange)
            url = courier.site.url + twilio_api.RECEIVED_AT
            send = partial(courier.signed, url, form, signature=sign)
        else:
            values = notify_api.received(sender, text, to)
            self.exchange.received.append(values)
            send = partial(courier.bearing, notify_api.RECEIVED_AT, values, token=sign)
        for _ in range(2 if self.exchange.behaviour.receipts("sms").name == "repeat" else 1):
            answer = send()
        return answer

    def _number(self, asked: Asked) -> int:
        number = int(asked["number"])
        if self.switchboard.find(number) is None:
            raise NotPossible(f"Nummer {number} is geen gesprek.")
        return number

    def _entry(self, asked: Asked) -> Arrived:
        message = self.exchange.book.find(int(asked["number"]))
        if message is None:
            raise ValueError(f"there is no message {asked['number']}")
        return message


def _seconds(asked: Asked) -> float | None:
    return None if asked.get("seconds") in (None, "") else float(asked["seconds"])


def _fetch(url: str, method: str) -> int:
    """Return the status at the end of all redirects, 0 when nothing answers."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    try:
        asked = urllib.request.Request(url, method=method, headers={"User-Agent": SCANNER})
        with opener.open(asked, timeout=PATIENCE) as said:
            said.read()
            return int(said.status)
    except urllib.error.HTTPError as problem:
        with problem:
            return problem.code
    except (OSError, http.client.HTTPException):
        return 0
