"""Which evening suits: asking, saying it (signed in, or by the link in a message), and choosing."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from alliances import tokens
from alliances.actor import open_link
from alliances.models import Membership, Role
from alliances.policy import Refused
from alliances.views.shared import show_form
from meetings import actions
from meetings.forms import PollForm
from meetings.models import DatePoll, Habit, Meeting, PollMoment, PollSeat, PollVote
from meetings.polling import Choice, Said, best, propose_evenings
from meetings.timing import Evening, evening_of

from .shared import do, meeting_or_404, poll_or_404, see

NOBODY = {
    Role.POLICE: gettext_lazy("Nobody of the police can."),
    Role.MUNICIPALITY: gettext_lazy("Nobody of the municipality can."),
}


@dataclass(frozen=True)
class Row:
    """One evening on the page: what I said of it, and, for members, what the others did."""

    number: int
    moment: PollMoment
    mine: str
    own: bool  # the evening that is planned
    best: bool = False
    said: list[tuple[str, str]] = field(default_factory=list)  # "3 yes", "Noor, Ans, Ben"
    nobody: list[str] = field(default_factory=list)

    @property
    def label(self) -> str:
        """My answer in words."""
        return str(PollVote.Value(self.mine).label) if self.mine else ""


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Two to eight evenings to choose from; a button adds a row, and nothing that was typed is lost."""
    evening, member = meeting_or_404(request, uuid)
    running = evening.polls.open().first()
    if running is not None:
        messages.info(request, _("Everybody is being asked already which evening suits. Answer there."))
        return redirect("meetings:poll", running.uuid)
    if evening.state == Meeting.State.CANCELLED or evening.starts_at <= timezone.now():
        messages.error(request, _("This evening is off or over."))
        return redirect("meetings:meeting", uuid)
    refused = None
    context: dict[str, Any] = {"meeting": evening}
    if request.method != "POST":
        form = PollForm(meeting=evening, evenings=_proposed(evening))
        return render(request, "meetings/poll_new.html", {**context, "form": form})
    if "add" in request.POST:
        form = PollForm.with_a_row_more(request.POST, evening)
        return render(request, "meetings/poll_new.html", {**context, "form": form, "added": form.rows})
    form = PollForm(request.POST, meeting=evening)
    if form.is_valid():
        evenings = sorted(form.evenings.values())
        try:
            poll = actions.make_poll(meeting=evening, evenings=evenings, closes_at=form.closes_at, by=member)
        except Refused as error:
            refused = error
        else:
            messages.success(request, _("Everybody gets one message with this question. Say here when you can."))
            return see(reverse("meetings:poll", args=[poll.uuid]))
    return show_form(request, "meetings/poll_new.html", context, form, refused)


@require_http_methods(["GET", "HEAD", "POST"])
def poll(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Who can when, for the members; each tap is saved at once."""
    asked, member = poll_or_404(request, uuid)
    moments = list(asked.moments.all())
    if request.method == "POST":
        return _vote_as_member(request, asked, moments, member)
    members = list(asked.meeting.alliance.memberships.active().select_related("user").order_by("user__name"))
    votes = _votes(asked)
    rows = _rows(asked, moments, votes, members, member)
    found = next((row.moment for row in rows if row.best), None)
    answered = {seat for seat, _moment in votes}
    context = {
        "poll": asked,
        "meeting": asked.meeting,
        "rows": rows,
        "values": PollVote.Value.choices,
        "open": _is_open(asked),
        "best": found,
        "in_vain": _in_vain(asked, votes.values()),
        "silent": [each.name for each in members if each.pk not in answered],
        "answered": sum(bool(row.mine) for row in rows),
        "off": asked.meeting.state == Meeting.State.CANCELLED,
    }
    return render(request, "meetings/poll.html", context)


@require_POST
def choose(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """This evening it is: the meeting moves there, and everybody hears it."""
    asked, member = poll_or_404(request, uuid)
    chosen = next(iter(_pointed(request, list(asked.moments.all()))), None)

    def act() -> None:
        if chosen is None:
            raise Refused(_("This evening is not in the poll. Look again."))
        actions.close_poll(poll=asked, moment=chosen, by=member)

    said = _("The evening is chosen. Everybody gets one message, for the calendar too.")
    return do(request, act, said, "meetings:poll", uuid)


@require_POST
def stop(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Do not ask any more; the planned evening stays."""
    asked, member = poll_or_404(request, uuid)
    said = _("The question is closed. The planned evening stays.")
    return do(request, partial(actions.stop_poll, poll=asked, by=member), said, "meetings:poll", uuid)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """The same question by link, without signing in: no names, area or theme. Looking changes nothing (mail scanners
    look too); each button posts, and is saved at once.
    """
    seat = _seat_or_404(token)
    moments = list(seat.poll.moments.all())
    refused = None
    if request.method == "POST":
        try:
            actions.vote(seat=seat, moments=_pointed(request, moments), value=_value(request))
        except Refused as error:
            refused = error
        else:
            return see(reverse("meetings:poll-answer", args=[token]) + _anchor(request, moments))
    mine = dict(seat.votes.values_list("moment", "value"))
    meeting = seat.poll.meeting
    rows = [
        Row(number, moment, mine.get(moment.pk, ""), own=moment.starts_at == meeting.starts_at)
        for number, moment in enumerate(moments, 1)
    ]
    context = {
        "poll": seat.poll,
        "meeting": meeting,
        "rows": rows,
        "values": PollVote.Value.choices,
        "open": _is_open(seat.poll),
        "answered": len(mine),
        "off": meeting.state == Meeting.State.CANCELLED,
        "refused": refused,
    }
    response = render(request, "meetings/poll_answer.html", context, status=409 if refused else 200)
    response.headers["Cache-Control"] = "no-store"
    return response


def _in_vain(asked: DatePoll, said: Iterable[str]) -> bool:
    """Whether its time came without one yes: then nobody stopped it, and the planned evening stays."""
    ended = asked.closed_at or timezone.now()
    return asked.chosen_id is None and ended >= asked.closes_at and PollVote.Value.YES not in said


def _vote_as_member(
    request: HttpRequest, asked: DatePoll, moments: Sequence[PollMoment], member: Membership
) -> HttpResponseRedirect:
    try:
        actions.vote_as_member(poll=asked, moments=_pointed(request, moments), value=_value(request), by=member)
    except Refused as refused:
        messages.error(request, refused.sentence)
        return see(reverse("meetings:poll", args=[asked.uuid]))
    return see(reverse("meetings:poll", args=[asked.uuid]) + _anchor(request, moments))


def _votes(asked: DatePoll) -> dict[tuple[int, int], str]:
    """What was said, by membership and moment, of those who have a seat now."""
    votes = PollVote.objects.filter(moment__poll=asked, seat__membership__left_at=None)
    return {(who, when): value for who, when, value in votes.values_list("seat__membership", "moment", "value")}


def _rows(
    asked: DatePoll,
    moments: Sequence[PollMoment],
    votes: dict[tuple[int, int], str],
    members: Sequence[Membership],
    me: Membership,
) -> list[Row]:
    choices = [
        Choice(
            moment.starts_at,
            [Said(each.role, votes[each.pk, moment.pk]) for each in members if (each.pk, moment.pk) in votes],
        )
        for moment in moments
    ]
    found = best(choices)
    seated = Counter(each.role for each in members)
    return [
        Row(
            number=number,
            moment=moment,
            mine=votes.get((me.pk, moment.pk), ""),
            own=moment.starts_at == asked.meeting.starts_at,
            best=choice is found,
            said=_names(members, votes, moment),
            nobody=[str(NOBODY[Role(role)]) for role in choice.nobody_can(seated)],
        )
        for number, (moment, choice) in enumerate(zip(moments, choices, strict=True), 1)
    ]


def _names(
    members: Iterable[Membership], votes: dict[tuple[int, int], str], moment: PollMoment
) -> list[tuple[str, str]]:
    """Who said what of one evening: a word and the names, without empty groups."""
    groups = []
    for value, label in PollVote.Value.choices:
        names = [each.name for each in members if votes.get((each.pk, moment.pk)) == value]
        if names:
            groups.append((f"{len(names)} {str(label).lower()}", ", ".join(names)))
    return groups


def _pointed(request: HttpRequest, moments: Sequence[PollMoment]) -> list[PollMoment]:
    """The evening that a button is about; all of them for the button that says so; none for anything else."""
    if "all" in request.POST:
        return list(moments)
    return [moment for moment in moments if str(moment.uuid) == request.POST.get("moment", "")]


def _value(request: HttpRequest) -> str:
    return PollVote.Value.YES if "all" in request.POST else request.POST.get("value", "")


def _anchor(request: HttpRequest, moments: Sequence[PollMoment]) -> str:
    """Back to where the tap was."""
    pointed = _pointed(request, moments)
    return f"#avond-{moments.index(pointed[0]) + 1}" if len(pointed) == 1 else ""


def _seat_or_404(token: str) -> PollSeat:
    fingerprint = tokens.fingerprint(token)
    open_link(fingerprint)
    seats = PollSeat.objects.filter(membership__left_at=None).select_related(
        "poll__meeting", "poll__chosen", "membership"
    )
    found = seats.filter(token_hash=fingerprint).first()
    if found is None:
        raise Http404
    return found


def _is_open(asked: DatePoll) -> bool:
    return asked.closed_at is None and asked.closes_at > timezone.now()


def _proposed(meeting: Meeting) -> list[Evening]:
    """The usual weekday in the weeks around it, not on days of other meetings."""
    own = evening_of(meeting.starts_at, meeting.ends_at)
    habit = Habit.objects.filter(alliance=meeting.alliance_id).first()
    others = meeting.alliance.meetings.coming_up(timezone.now()).exclude(pk=meeting.pk)
    taken = {timezone.localdate(starts_at) for starts_at in others.values_list("starts_at", flat=True)}
    return propose_evenings(own, habit.weekday if habit else own.day.weekday(), timezone.localdate(), taken)
