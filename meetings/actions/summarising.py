"""The monthly summary: only when something changed, never to who stopped it, never beyond what a year may hold."""

import logging
from datetime import date, datetime
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from alliances import tokens
from alliances.models import Alliance, Membership, User
from meetings.budget import has_room
from meetings.models import SummaryChoice
from meetings.months import LATE, due_at, month_due, news_since
from meetings.news import has_news
from meetings.unasked import tallies
from messaging.actions import cancel, post
from messaging.models import Channel, Message

logger = logging.getLogger(__name__)
KIND = "summary"


def summarise(*, at: datetime) -> int:
    """Tell every member of a table with news, when a month's summary is due at a moment; returns how many were told.

    One message a person, however many tables they sit at. Asks "what is due and not yet told", so it may run as often
    as it likes. One person that fails stops no other. Runs as a worker.
    """
    month = month_due(at)
    if month is None:
        return 0
    people = _with_news(month, at)
    known = set(Message.objects.filter(dedupe_key__in=[_key(month, user) for user, _table in people.values()])
                .values_list("user", flat=True))  # fmt: skip
    waiting = {pk: found for pk, found in people.items() if pk not in known}
    counts = tallies(waiting.keys(), at)
    told = 0
    for pk, (user, table) in waiting.items():
        if not has_room(counts[pk].told, counts[pk].expected, at):
            continue
        try:
            told += _tell(month, user, table, at)
        except Exception:  # they stay due: the next round tries again
            logger.exception("No summary for a member of alliance %s", table.pk)
    return told


@transaction.atomic
def stop_summaries(*, choice: SummaryChoice) -> None:
    """No summaries from now on; one that waits for the morning does not go either. For who holds the link."""
    if choice.stopped_at is None:
        choice.stopped_at = timezone.now()
        choice.save(update_fields=["stopped_at"])
    cancel(about=choice.uuid, kinds=[KIND], user=User(pk=choice.user_id))


@transaction.atomic
def resume_summaries(*, choice: SummaryChoice) -> None:
    """Summaries again."""
    choice.stopped_at = None
    choice.save(update_fields=["stopped_at"])


def _with_news(month: date, at: datetime) -> dict[int, tuple[User, Alliance]]:
    """Who takes part now, did not stop it, and sits at a table with news: each with the first such table."""
    seats = (
        Membership.objects.at_hand(at)
        .filter(alliance__state__in=(Alliance.State.FORMING, Alliance.State.ACTIVE), user__is_active=True)
        .exclude(user__summary_choice__stopped_at__isnull=False)
        .select_related("user", "alliance")
        .order_by("alliance_id", "pk")
    )
    news: dict[int, bool] = {}
    people: dict[int, tuple[User, Alliance]] = {}
    for seat in seats:
        if seat.alliance_id not in news:
            news[seat.alliance_id] = has_news(seat.alliance, news_since(month), due_at(month))
        if news[seat.alliance_id] and seat.user is not None:
            people.setdefault(seat.user.pk, (seat.user, seat.alliance))
    return people


@transaction.atomic
def _tell(month: date, user: User, table: Alliance, at: datetime) -> bool:
    choice = _choice(user)
    if choice.stopped_at is not None:
        return False
    link_stop = settings.SITE_URL + reverse("meetings:stop", args=[choice.token])
    message = post(
        kind=KIND,
        user=user,
        context={"link": settings.SITE_URL + reverse("meetings:news", args=[table.uuid]), "link_stop": link_stop},
        about=choice.uuid,
        dedupe_key=_key(month, user),
        channels=[Channel.MAIL],
        reserve=[Channel.PUSH, Channel.SMS],
        quiet=True,
        due_at=at,
        expires_at=due_at(month) + LATE,
    )
    return message is not None


def _choice(user: User) -> SummaryChoice:
    """The row, held: who stops at the same time either stops this message or comes before it."""
    key = uuid4()
    made = SummaryChoice(user=user, uuid=key)
    defaults = {"uuid": key, "token_hash": tokens.fingerprint(made.token)}
    choice, _new = SummaryChoice.objects.select_for_update().get_or_create(user=user, defaults=defaults)
    return choice


def _key(month: date, user: User) -> str:
    return f"summary:{month:%Y-%m}:{user.uuid}"
