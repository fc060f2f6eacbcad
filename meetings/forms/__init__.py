"""What is typed in: shape, never rights."""

from .polls import PollForm
from .scenarios import ScenarioForm
from .themes import AgendaForm, BringForm, FeedbackForm, TalentForm, ThemeForm
from .year import EveningForm, HabitForm, PlanForm, TensionForm

__all__ = [
    "AgendaForm",
    "BringForm",
    "EveningForm",
    "FeedbackForm",
    "HabitForm",
    "PlanForm",
    "PollForm",
    "ScenarioForm",
    "TalentForm",
    "TensionForm",
    "ThemeForm",
]
