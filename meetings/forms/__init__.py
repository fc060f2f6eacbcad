"""What is typed in: shape, never rights."""

from .polls import PollForm
from .themes import AgendaForm, FeedbackForm, ThemeForm
from .year import EveningForm, PlanForm

__all__ = ["AgendaForm", "EveningForm", "FeedbackForm", "PlanForm", "PollForm", "ThemeForm"]
