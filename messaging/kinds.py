"""The kinds of messages and what each needs in its context. `docs/messages.md` tells them in words.

An app above may bring a kind of its own: a folder in `templates/messages/`. Then nothing is checked here.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

NEEDS: dict[str, tuple[str, ...]] = {
    "code": ("code",),
    "call_urgent": ("link",),
    "call_urgent_again": ("link",),
    "call_worry": ("link",),
    "call_stand_in": ("link",),
    "call_list_open": ("link",),
    "call_enough": (),
    "call_not_needed": (),
    "call_unreached": ("link", "count"),
    "call_duty": ("asked", "coming", "silent"),
    "invitation": ("link", "inviter"),
    "invitation_told": (),
    "meeting_reminder": ("link_yes", "link_perhaps", "link_no", "begin", "end"),
    "meeting_moved": ("link_yes", "link_perhaps", "link_no", "begin", "end"),
    "meeting_changed": ("link_yes", "link_perhaps", "link_no", "begin", "end"),
    "meeting_cancelled": ("begin",),
    "poll_asked": ("link", "end"),
    "poll_result": ("link_yes", "link_perhaps", "link_no", "begin", "end"),
    "pause": ("until",),
    # Agreements, reports and the end
    "agreement_due": ("link",),
    "report_shared": ("link", "until"),
    "alliance_ended": (),
    "test": (),
    "alliance_active": (),
    "link_wanted": (),
    "proposal_made": (),
    "stand_in_asked": ("link", "inviter"),
    # The year: what one may stop has the link that stops it (List-Unsubscribe, RFC 8058).
    "summary": ("link", "link_stop"),
}

# Somebody asked for these, or sees in them what they just did themselves.
ASKED = frozenset({"code", "test", "pause", "invitation", "stand_in_asked"})
STOPPABLE = frozenset({"summary"})  # one click stops these


def unasked(kind: str) -> bool:
    """Whether a message of this kind counts among the few that somebody gets in a year without asking for them.

    Urgent calls do not: they are what all this is for.
    """
    return kind not in ASKED and (kind == "call_worry" or not kind.startswith("call_"))


def essential(kind: str) -> bool:
    """Whether a message of this kind says why it comes: unasked, and it belongs to taking part, so nothing stops it."""
    return unasked(kind) and kind not in STOPPABLE and not kind.startswith("call_")


def check_context(kind: str, context: Mapping[str, Any]) -> None:
    """Raise ValueError when a value is missing, empty or no moment: a call without its link must fail here, not at the
    reader. `begin` and `end` are aware datetimes, `until` is a date; the templates write them in the reader's language.
    """
    needs = NEEDS.get(kind, ())
    missing = [name for name in needs if context.get(name) in (None, "")]
    if missing:
        raise ValueError(f"a message of kind {kind} needs {', '.join(missing)}")
    for name in {"begin", "end"}.intersection(needs):
        if not isinstance(context[name], datetime) or context[name].tzinfo is None:
            raise ValueError(f"{name} must be an aware datetime")
    if "until" in needs and not isinstance(context["until"], date):
        raise ValueError("until must be a date")
