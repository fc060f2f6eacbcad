"""What is typed in: shape, never rights."""

from .answering import SOON_ENOUGH, AnswerForm, CloseForm
from .raising import LevelForm, Step, SureForm, ThemeForm, WhatForm, WhereForm

__all__ = [
    "SOON_ENOUGH",
    "AnswerForm",
    "CloseForm",
    "LevelForm",
    "Step",
    "SureForm",
    "ThemeForm",
    "WhatForm",
    "WhereForm",
]
