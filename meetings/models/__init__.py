"""What meetings are: the year, themes, polls, the dinner, its report, and what was agreed."""

from .agreements import OWNERS, ActionPlan, Agreement, Consent, JointQuestion, Owner
from .dinner import AgendaPoint, Dish, FoodWish, Guest
from .planning import (
    DINNERS_A_YEAR,
    Attendance,
    CalendarFeed,
    Habit,
    Meeting,
    Region,
    SchoolHoliday,
    SummaryChoice,
    TensionDate,
    YearPlan,
)
from .polls import DatePoll, PollMoment, PollSeat, PollVote
from .reports import Correction, Report, ReportYes
from .themes import POINTS, Contribution, Discussion, Feedback, Scenario, Theme, ThemeCategory, ThemePoint

__all__ = [
    "DINNERS_A_YEAR",
    "OWNERS",
    "POINTS",
    "ActionPlan",
    "AgendaPoint",
    "Agreement",
    "Attendance",
    "CalendarFeed",
    "Consent",
    "Contribution",
    "Correction",
    "DatePoll",
    "Discussion",
    "Dish",
    "Feedback",
    "FoodWish",
    "Guest",
    "Habit",
    "JointQuestion",
    "Meeting",
    "Owner",
    "PollMoment",
    "PollSeat",
    "PollVote",
    "Region",
    "Report",
    "ReportYes",
    "Scenario",
    "SchoolHoliday",
    "SummaryChoice",
    "TensionDate",
    "Theme",
    "ThemeCategory",
    "ThemePoint",
    "YearPlan",
]
