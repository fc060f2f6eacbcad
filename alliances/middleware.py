"""What happens around every request: the reader's language, and one transaction that knows who acts."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation

from .actor import set_actor

GetResponse = Callable[[HttpRequest], HttpResponse]


class ActorTransaction:
    """One transaction for each request, with its actor set in PostgreSQL.

    Not ATOMIC_REQUESTS: that ends before a TemplateResponse is rendered, which would give empty pages. It sits after
    AuthenticationMiddleware and rolls back by itself when a view raises.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.sign_in = reverse("account_login")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with transaction.atomic():
            user_id = request.session.get(SESSION_KEY)
            if user_id:
                set_actor("person", user_id=int(user_id))
            # Whether the session still holds is for Django to say; after "sign out everywhere" it does not.
            if not user_id or not request.user.is_authenticated:
                set_actor("signin" if request.path.startswith(self.sign_in) else "anonymous")
            return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Undo what the view wrote before it raised."""
        transaction.set_rollback(True)


class ChosenLanguage:
    """The language is the reader's choice (cookie), else their profile's, else Dutch.

    Never the browser's: an English browser must not put English menus around Dutch texts.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        if chosen not in dict(settings.LANGUAGES):
            chosen = request.user.language if request.user.is_authenticated else settings.LANGUAGE_CODE
        with translation.override(chosen):
            request.LANGUAGE_CODE = chosen
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", chosen)
        return response
