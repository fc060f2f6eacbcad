"""What happens to signals and calls. Nothing else writes their rows."""

from .answering import answer, answer_on_behalf, note_opened
from .ending import close, mistake, stop
from .raising import raise_signal
from .stepping import take_due_steps

__all__ = ["answer", "answer_on_behalf", "close", "mistake", "note_opened", "raise_signal", "stop", "take_due_steps"]
