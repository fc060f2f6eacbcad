"""From a line of the journal to a sentence. Each app says in `AppConfig.ready` how its own verbs read."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_sentences: dict[str, str | Promise] = {}


def tell(sentences: Mapping[str, str | Promise]) -> None:
    """Add sentences by verb, or by "verb.objecttype" where one verb is about several things.

    A sentence may hold %(who)s (the actor's name) and %(whom)s (the name of a member it is about). Lazily translated.
    """
    _sentences.update(sentences)


def sentence(verb: str, object_type: str, words: Mapping[str, Any]) -> str:
    """The sentence for a line; the bare verb for one that no app explains, so that nothing is hidden."""
    found = _sentences.get(f"{verb}.{object_type}") or _sentences.get(verb)
    return str(found) % words if found else f"{words['who']}: {verb}"


# How the verbs of this app read.
SENTENCES: dict[str, str | Promise] = {
    "founded": _("%(who)s founded this alliance."),
    "invited": _("%(who)s invited somebody."),
    "renewed": _("%(who)s made a new link for an invitation."),
    "nudged": _("%(who)s sent an invitation once more."),
    "revoked": _("%(who)s revoked an invitation."),
    "declined": _("Somebody who was invited would rather not take part."),
    "wanted_link": _("Somebody who was invited asked for a new link."),
    "joined": _("%(who)s joined."),
    "started": _("Police, municipality and two residents are here: the alliance began."),
    "paused": _("%(who)s took a break."),
    "pledged": _("%(who)s said yes to the new house rules."),
    "resumed": _("%(who)s came back from a break."),
    "resumed.alliance": _("%(who)s let the alliance go on."),
    "left": _("%(who)s left the table."),
    "proposed_pause": _("%(who)s proposed a break for the alliance."),
    "proposed_end": _("%(who)s proposed to end the alliance."),
    "proposed_remove": _("%(who)s proposed to ask somebody to leave."),
    "answered.proposal": _("%(who)s answered a proposal."),
    "withdrew": _("%(who)s took a proposal back."),
    "decided_pause": _("%(who)s agreed: the alliance has a break."),
    "decided_end": _("%(who)s agreed: the alliance has ended."),
    "ended_by_itself.alliance": _("The last day came: the alliance has ended."),
    "decided_remove": _("%(who)s agreed: somebody left the table."),
    "resumed_by_itself.alliance": _("The break of the alliance is over."),
    "named.standin": _("%(who)s named a colleague who may stand in."),
    "agreed.standin": _("%(who)s agreed to a stand-in."),
    "asked_again.standin": _("%(who)s asked a stand-in once more."),
    "accepted.standin": _("A stand-in said yes."),
    "declined.standin": _("Somebody who was asked to stand in would rather not."),
    "ended.standin": _("%(who)s ended a stand-in."),
    "stopped.standin": _("A stand-in stopped."),
    "changed_area": _("%(who)s changed the area or the name of this alliance."),
}
