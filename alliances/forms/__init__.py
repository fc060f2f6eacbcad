"""What is typed in: shape, never rights."""

from .guarded import GuardedForm, GuardedModelForm
from .joining import CodeForm, NameForm, ReachForm, WordForm
from .me import AddressForm, ProfileForm, QuietForm, uses
from .sign_in import AddressField, PhoneNumberField, RequestCodeForm, e164, is_mobile, parse_number, readable
from .tables import AnswerForm, DayInput, FoundForm, InviteForm, LeaveForm, PauseForm, ProposeForm

__all__ = [
    "AddressField",
    "AddressForm",
    "AnswerForm",
    "CodeForm",
    "DayInput",
    "FoundForm",
    "GuardedForm",
    "GuardedModelForm",
    "InviteForm",
    "LeaveForm",
    "NameForm",
    "PauseForm",
    "PhoneNumberField",
    "ProfileForm",
    "ProposeForm",
    "QuietForm",
    "ReachForm",
    "RequestCodeForm",
    "WordForm",
    "e164",
    "is_mobile",
    "parse_number",
    "readable",
    "uses",
]
