"""What the apps above stop when an alliance pauses or ends: they register in `AppConfig.ready`, this app says when."""

from collections.abc import Callable

from .models import Alliance

Hush = Callable[[Alliance], None]
_hushes: list[Hush] = []


def register_hush(hush: Hush) -> Hush:
    """Have something called in the transaction in which an alliance pauses or ends, after its state has changed."""
    if hush not in _hushes:
        _hushes.append(hush)
    return hush


def be_still(alliance: Alliance) -> None:
    """Stop what waits to be sent about this alliance, as far as an app above has something."""
    for hush in _hushes:
        hush(alliance)
