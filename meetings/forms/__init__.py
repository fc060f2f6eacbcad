"""What is typed in: shape, never rights."""

from .polls import PollForm
from .scenarios import ScenarioForm
from .themes import AgendaForm, BringForm, FeedbackForm, TalentForm, ThemeForm
from .year import EveningForm, PlanForm

__all__ = [
    "AgendaForm",
    "BringForm",
    "EveningForm",
    "FeedbackForm",
    "PlanForm",
    "PollForm",
    "ScenarioForm",
    "TalentForm",
    "ThemeForm",
]
