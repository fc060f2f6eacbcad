"""What is typed in: shape, never rights."""

from .guarded import GuardedForm, GuardedModelForm
from .sign_in import AddressField, PhoneNumberField, RequestCodeForm, e164, is_mobile, parse_number

__all__ = [
    "AddressField",
    "GuardedForm",
    "GuardedModelForm",
    "PhoneNumberField",
    "RequestCodeForm",
    "e164",
    "is_mobile",
    "parse_number",
]
