"""What is typed in: shape, never rights."""

from .themes import AgendaForm, FeedbackForm, ThemeForm
from .year import EveningForm, PlanForm

__all__ = ["AgendaForm", "EveningForm", "FeedbackForm", "PlanForm", "ThemeForm"]
