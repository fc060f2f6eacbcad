"""What is typed in: shape, never rights."""

from .agreements import (
    AgreementForm,
    AnswerKeptForm,
    ClosingForm,
    ConsentForm,
    OutcomeForm,
    PlanOfActionForm,
    PromiseForm,
    QuestionForm,
    SeatForm,
)
from .dinner import DinnerForm, DishForm, FoodForm, GuestForm, MinutesForm, NotesForm, ThanksForm
from .polls import PollForm
from .reports import CorrectionForm, ReportForm
from .scenarios import ScenarioForm
from .themes import AgendaForm, BringForm, FeedbackForm, TalentForm, ThemeForm
from .year import EveningForm, HabitForm, PlanForm, TensionForm

__all__ = [
    "AgendaForm",
    "AgreementForm",
    "AnswerKeptForm",
    "BringForm",
    "ClosingForm",
    "ConsentForm",
    "CorrectionForm",
    "DinnerForm",
    "DishForm",
    "EveningForm",
    "FeedbackForm",
    "FoodForm",
    "GuestForm",
    "HabitForm",
    "MinutesForm",
    "NotesForm",
    "OutcomeForm",
    "PlanForm",
    "PlanOfActionForm",
    "PollForm",
    "PromiseForm",
    "QuestionForm",
    "ReportForm",
    "ScenarioForm",
    "SeatForm",
    "TalentForm",
    "TensionForm",
    "ThanksForm",
    "ThemeForm",
]
