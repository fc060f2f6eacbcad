"""What somebody filled in so far, in the session and for one link; and which question comes next."""

from typing import Any

from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from alliances.models import Invitation

KEY = "joining"
PATIENCE = 2 * 60 * 60  # seconds that half a joining waits in the session
STEPS = (
    ("welcome", _("Welcome")),
    ("name", _("Your name")),
    ("rules", _("House rules")),
    ("word", _("Your own word")),
    ("reach", _("How to reach you")),
    ("code", _("Code")),
)
PAGES = {
    "welcome": "alliances:join",
    "name": "alliances:join-name",
    "rules": "alliances:join-rules",
    "word": "alliances:join-word",
    "reach": "alliances:join-reach",
    "code": "alliances:join-code",
}


class State:
    """The answers of one reader for one link. Who is signed in is asked only what is not known yet."""

    def __init__(self, request: HttpRequest, invitation: Invitation, token: str) -> None:
        self.request, self.invitation, self.token = request, invitation, token
        kept = request.session.get(KEY) or {}
        self.data: dict[str, Any] = kept if kept.get("link") == invitation.token_hash else {}
        self.asked = self._asked()

    def _asked(self) -> list[str]:
        user = self.request.user
        if not user.is_authenticated:
            return ["name", "rules", "word", "reach", "code"]
        asked = ["rules"]
        if not user.recognition_word:
            asked.append("word")
        if not user.contact_points.for_messages().exists():
            asked += ["reach", "code"]
        return asked

    def save(self, **answers: Any) -> None:
        """Keep answers until the end, or for two hours."""
        self.data = {**self.data, **answers, "link": self.invitation.token_hash}
        self.request.session[KEY] = self.data
        if not self.request.user.is_authenticated:
            self.request.session.set_expiry(PATIENCE)

    def forget(self) -> None:
        """Nothing of it stays behind."""
        self.data = {}
        if KEY in self.request.session:
            del self.request.session[KEY]
        if not self.request.user.is_authenticated:
            self.request.session.set_expiry(None)

    def unproved(self) -> list[str]:
        """Addresses that still need their code, in the order in which they are asked."""
        filled = self.data.get("reach") or {}
        done = {*self.data.get("verified", []), *self.data.get("skipped", [])}
        return [filled[kind] for kind in ("mobile", "email") if filled.get(kind) and filled[kind] not in done]

    def missing(self) -> list[str]:
        """The questions without an answer."""
        done = {step: bool(self.data.get(step)) for step in ("name", "rules", "word", "reach")}
        done["code"] = done["reach"] and not self.unproved()
        return [step for step in self.asked if not done[step]]

    def may(self, step: str) -> bool:
        """Whether everything before this question was answered, and it is asked at all."""
        return step in self.asked and not set(self.asked[: self.asked.index(step)]) & set(self.missing())

    def first(self) -> str:
        """Where to begin."""
        return self._address(self.asked[0])

    def on(self) -> HttpResponseRedirect:
        """On to the first question that has no answer yet."""
        missing = self.missing()
        return redirect(PAGES[missing[0]] if missing else PAGES[self.asked[-1]], self.token)

    def before(self, step: str) -> str:
        """The page before this one."""
        if step == "welcome":
            return ""
        index = self.asked.index(step) if step in self.asked else 0
        return self._address(self.asked[index - 1] if index else "welcome")

    def _address(self, step: str) -> str:
        return reverse(PAGES[step], args=[self.token])
