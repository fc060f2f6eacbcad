"""What happens to signals and calls. Nothing else writes their rows."""

from .answering import answer, answer_on_behalf, note_opened, say_good
from .ending import close, mistake, stop
from .laddering import keep_ladder, reset_ladder
from .raising import practise, raise_signal
from .replying import take_reply
from .stepping import take_due_steps

__all__ = [
    "answer",
    "answer_on_behalf",
    "close",
    "keep_ladder",
    "mistake",
    "note_opened",
    "practise",
    "raise_signal",
    "reset_ladder",
    "say_good",
    "stop",
    "take_due_steps",
    "take_reply",
]
