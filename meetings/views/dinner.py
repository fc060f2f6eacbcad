"""What can be done with an evening: answer, receive the group, change it, call it off, eat, bring and thank."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliances.policy import Refused
from alliances.views.shared import posted, show_form
from meetings import actions
from meetings.forms import DinnerForm, DishForm, FoodForm, ThanksForm
from meetings.models import Attendance, Dish, FoodWish, Meeting
from meetings.place import gives_away

from .meeting import begins_shown, ics_response
from .shared import do, meeting_or_404, see


@require_POST
def attend(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Yes, perhaps or no."""
    evening, member = meeting_or_404(request, uuid)
    to = ("alliances:alliance", evening.alliance.uuid) if "table" in request.POST else ("meetings:meeting", uuid)
    answer = request.POST.get("answer", "")
    said = _("Your answer is saved: %(answer)s. You may still change it.") % {
        "answer": dict(Attendance.Answer.choices).get(answer, "")
    }
    begins = begins_shown(request)
    return do(
        request,
        lambda: actions.answer_as_member(meeting=evening, answer_given=answer, by=member, begins=begins),
        said,
        *to,
    )


@require_POST
def host(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """I receive the group."""
    evening, member = meeting_or_404(request, uuid)
    said = _("You are the host. Fill in the place when you know it.")
    return do(request, lambda: actions.offer_host(meeting=evening, by=member), said, "meetings:meeting", uuid)


@require_POST
def unhost(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """I cannot receive the group after all."""
    evening, member = meeting_or_404(request, uuid)
    said = _("Somebody else can be the host now.")
    return do(request, lambda: actions.withdraw_host(meeting=evening, by=member), said, "meetings:meeting", uuid)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """All that is practical, day and time on one form. A cancelled evening gets a new day here."""
    evening, member = meeting_or_404(request, uuid)
    off = evening.state == Meeting.State.CANCELLED
    form = DinnerForm(posted(request), initial=DinnerForm.of(evening))
    refused = None
    if request.method == "POST" and form.is_valid() and form.evening:
        try:
            with transaction.atomic():  # a refused move takes the edit back
                actions.edit_meeting(meeting=evening, by=member, **form.practical)
                moved = actions.move_meeting(meeting=evening, evening=form.evening, by=member)
        except Refused as error:
            refused = error
        else:
            messages.success(request, _saved(evening, moved))
            return redirect("meetings:meeting", uuid)
    context = {"meeting": evening, "off": off, "seen": gives_away(str(form["place"].value() or ""))}
    if request.method != "POST":
        return render(request, "meetings/edit.html", {**context, "form": form})
    return show_form(request, "meetings/edit.html", context, form, refused)


def _saved(before: Meeting, after: Meeting) -> str:
    """What the others hear of it."""
    if before.state == Meeting.State.CANCELLED or before.starts_at != after.starts_at:
        return _("Saved. Everybody hears the new time and is asked again.")
    if before.sequence != after.sequence:
        return _("Saved. Who had a message about it gets a new one.")
    return _("Saved.")


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Asks once more, then it is off."""
    evening, member = meeting_or_404(request, uuid)
    if request.method != "POST":
        return render(request, "meetings/cancel.html", {"meeting": evening})
    said = _("The evening is off. Everybody hears it.")
    return do(request, lambda: actions.cancel_meeting(meeting=evening, by=member), said, "meetings:meeting", uuid)


@require_POST
def restore(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """It takes place after all."""
    evening, member = meeting_or_404(request, uuid)
    said = _("The evening takes place after all. Everybody is asked again.")
    return do(request, lambda: actions.restore_meeting(meeting=evening, by=member), said, "meetings:meeting", uuid)


@require_safe
def ics(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The evening for a calendar."""
    evening, _member = meeting_or_404(request, uuid)
    return ics_response(evening)


@require_http_methods(["GET", "HEAD", "POST"])
def food(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What the reader does not eat. Nobody else ever reads it here."""
    evening, member = meeting_or_404(request, uuid)
    mine = FoodWish.objects.filter(meeting=evening, membership=member).first()
    form = FoodForm(posted(request), initial={"wishes": mine.wishes if mine else []})
    context = {"meeting": evening, "over": _off_or_over(evening)}
    if request.method != "POST":
        return render(request, "meetings/food.html", {**context, "form": form})
    refused = None
    if form.is_valid():
        try:
            actions.wish_food(meeting=evening, wishes=form.cleaned_data["wishes"], by=member)
        except Refused as error:
            refused = error
        else:
            messages.success(request, _("Saved. The host only sees how many people, not who."))
            return see("meetings:meeting", uuid)
    return show_form(request, "meetings/food.html", context, form, refused)


@require_http_methods(["GET", "HEAD", "POST"])
def dish(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What the reader brings along; everybody at the table sees it."""
    evening, member = meeting_or_404(request, uuid)
    mine = Dish.objects.filter(meeting=evening, membership=member).first()
    form = DishForm(posted(request), initial={"what": mine.what if mine else ""})
    context = {"meeting": evening, "over": _off_or_over(evening)}
    if request.method != "POST":
        return render(request, "meetings/dish.html", {**context, "form": form})
    refused = None
    if form.is_valid():
        try:
            actions.bring_dish(meeting=evening, what=form.cleaned_data["what"], by=member)
        except Refused as error:
            refused = error
        else:
            messages.success(request, _("Saved. Everybody at the table can read it."))
            return see("meetings:meeting", uuid)
    return show_form(request, "meetings/dish.html", context, form, refused)


@require_http_methods(["GET", "HEAD", "POST"])
def thanks(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """A line of thanks, after the dinner."""
    evening, member = meeting_or_404(request, uuid)
    form = ThanksForm(posted(request), initial={"text": evening.thanks, "before": evening.thanks})
    context = {"meeting": evening, "theirs": ""}
    if request.method != "POST":
        return render(request, "meetings/thanks.html", {**context, "form": form})
    refused: Refused | None = None
    if form.is_valid():
        try:
            actions.say_thanks(meeting=evening, by=member, **form.cleaned_data)
        except actions.WroteToo as error:
            # The words of both stand on the page, and saving again replaces what the reader has seen by now.
            refused, context["theirs"] = error, error.theirs
            data = request.POST.copy()
            data["before"] = error.theirs
            form.data = data
        except Refused as error:
            refused = error
        else:
            messages.success(request, _("Saved. Everybody at the table can read it."))
            return see("meetings:meeting", uuid)
    return show_form(request, "meetings/thanks.html", context, form, refused)


def _off_or_over(evening: Meeting) -> bool:
    return evening.state == Meeting.State.CANCELLED or evening.ends_at <= timezone.now()
