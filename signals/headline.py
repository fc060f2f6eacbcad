"""What the heading of a call says: the news in a few words. Pure, in the language of the reader."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .models import Call, TensionSignal
from .quorum import Quorum

ROLES = ("police", "municipality", "resident")  # in which they are named


def listed(words: Sequence[str]) -> str:
    """Words as one enumeration: "the police, the municipality and 3 residents"."""
    if len(words) < 2:
        return "".join(words)
    return _("%(first)s and %(last)s") % {"first": ", ".join(words[:-1]), "last": words[-1]}


def roles_in_words(roles: Iterable[tuple[str, int]]) -> str:
    """Roles with their number, as one enumeration."""
    kept = dict(roles)  # JSON in PostgreSQL orders its keys by their length
    return listed([_role(role, kept[role]) for role in ROLES if role in kept])


def headline(
    call: Call, quorum: Quorum, *, noticing: int = 0, begins: str = "", nobody: bool = False, list_opens: str = ""
) -> str:
    """The state of a call. `noticing` others notice it too (worry); `begins` is the hour for which it still waits;
    `nobody` but who called has answered, also after they were asked again; `list_opens` is the hour of the call list.
    """
    ended = {
        Call.State.STOPPED.value: _("The call was stopped"),
        Call.State.MISTAKE.value: _("It was a mistake"),
        Call.State.CLOSED.value: _("This has been closed"),
    }
    if call.state in ended:
        return ended[call.state]
    if call.level != TensionSignal.Level.WORRY and quorum.enough:
        return _("There are enough people")
    if begins:
        return _("We send this at %(hour)s") % {"hour": begins}
    if call.level == TensionSignal.Level.WORRY:
        return _noticed(noticing)
    return _nobody_answers(call, list_opens) if nobody else missing(quorum)


def _noticed(noticing: int) -> str:
    if not noticing:
        return _("Nobody notices it too yet")
    return ngettext("%(count)d notices it too", "%(count)d notice it too", noticing) % {"count": noticing}


def missing(quorum: Quorum) -> str:
    """Who is still needed; empty when nobody is."""
    if quorum.enough:
        return ""
    return _("%(count)d more needed: %(who)s") % {"count": quorum.short, "who": roles_in_words(quorum.missing)}


def _nobody_answers(call: Call, list_opens: str) -> str:
    """Silence, and what to do about it."""
    if call.call_list_at:
        return _("Nobody answers. Phone them now")
    if list_opens:
        return _("Nobody answers yet. You can phone from %(hour)s") % {"hour": list_opens}
    return _("Nobody answers yet")


def counted(coming: Sequence[str]) -> str:
    """Who comes, by the roles of those who come: "4 people join: the police and 3 residents." Empty for nobody."""
    if not coming:
        return ""
    roles = [(role, coming.count(role)) for role in ROLES if role in coming]
    return ngettext("%(count)d person joins: %(who)s.", "%(count)d people join: %(who)s.", len(coming)) % {
        "count": len(coming),
        "who": roles_in_words(roles),
    }


def _role(role: str, number: int) -> str:
    if role == "police":
        return _("the police")
    if role == "municipality":
        return _("the municipality")
    return ngettext("%(count)d resident", "%(count)d residents", number) % {"count": number}
