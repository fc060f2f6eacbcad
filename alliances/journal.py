"""From a line of the journal to a sentence. Each app says in `AppConfig.ready` how its own verbs read."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise

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
