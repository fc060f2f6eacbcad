"""django-allauth's adapter: sign-up is closed (people join by invitation), codes leave through our own messages."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from messaging.actions import send_code
from messaging.codes import make_code

from .forms import PhoneNumberField
from .models import User


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth carries no types
    """What allauth asks of us: codes of six digits, by mail or SMS, and people found by their mobile number."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody joins but by invitation."""
        return False

    def generate_login_code(self) -> str:
        """Six digits, for a mail."""
        return make_code()

    def generate_phone_verification_code(self, **kwargs: Any) -> str:
        """Six digits, for a text message."""
        return make_code()

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a code. allauth's other mails (there are none in our flows) are not sent."""
        if "code" in context:
            user = User.objects.filter(email=email.lower()).first()
            self._send(email.lower(), context["code"], user)

    def send_verification_code_sms(self, user: Any, phone: str, code: str, **kwargs: Any) -> None:
        """Send a code by text message."""
        self._send(phone, code, user)

    def _send(self, address: str, code: str, user: User | None) -> None:
        send_code(
            address=address,
            code=code,
            language=user.language if user else "nl",
            word=(user.recognition_word if user else "") or None,
        )

    def phone_form_field(self, **kwargs: Any) -> PhoneNumberField:
        """A Dutch number may be typed as people write it: 06 12 34 56 78."""
        return PhoneNumberField(**kwargs)

    def get_user_by_phone(self, phone: str) -> User | None:
        """The person who signs in with this number (E.164)."""
        return User.objects.filter(mobile=phone, is_active=True).first()

    def get_phone(self, user: Any) -> tuple[str, bool] | None:
        """The number and whether it is verified: we keep no other."""
        return (user.mobile, True) if user.mobile else None

    def set_phone(self, user: Any, phone: str, verified: bool) -> None:
        """Keep a number that allauth verified."""
        user.mobile = phone
        user.save(update_fields=["mobile"])

    def set_phone_verified(self, user: Any, phone: str) -> None:
        """Nothing to note: a number is stored only once it is verified."""
