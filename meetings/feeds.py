"""What a calendar gets that looks by itself: when and where, of every table of one person, and nothing else."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from . import ical
from .models import CalendarFeed

LONG_AGO = timedelta(days=365)


@dataclass(frozen=True)
class FeedEvening:
    """One evening in a feed. Moments are aware; `changed_at` is the last change that a calendar sees."""

    uuid: UUID
    starts_at: datetime
    ends_at: datetime
    place: str
    state: str
    sequence: int
    language: str
    changed_at: datetime


@dataclass(frozen=True)
class Feed:
    """The bytes of a feed, what tells them apart (an ETag), and the aware moment of the last change, if any."""

    content: bytes
    etag: str
    changed_at: datetime | None


def read() -> Feed | None:
    """The feed of the address that was opened (`open_link`); None when there is no such address any more. Two queries.

    The database hands out no more than a calendar needs: whose table it is, it does not say.
    """
    with connection.cursor() as cursor:
        cursor.execute("select meetings_feed_known()")
        if not cursor.fetchone()[0]:
            return None
        cursor.execute(
            "select uuid, starts_at, ends_at, place, state, sequence, language, changed_at from meetings_feed()"
            " order by starts_at, uuid"
        )
        # An evening without a line in the journal (not planned through a page) must have the same stamp each time too.
        rows = [
            FeedEvening(uuid, starts_at, ends_at, place, state, sequence, language, changed_at or starts_at - LONG_AGO)
            for uuid, starts_at, ends_at, place, state, sequence, language, changed_at in cursor.fetchall()
        ]
    with translation.override(rows[0].language if rows else settings.LANGUAGE_CODE):
        content = ical.feed([(row, row.changed_at) for row in rows], name=_("Appointments"))
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    return Feed(content, etag, max((row.changed_at for row in rows), default=None))


def address(feed: CalendarFeed) -> str:
    """Where a calendar finds it."""
    return settings.SITE_URL + reverse("meetings:feed", args=[feed.token])


def links(feed: CalendarFeed) -> dict[str, str]:
    """Addresses that open the reader's own calendar and have it follow the feed: google, outlook, apple."""
    here = address(feed)
    by_calendar = f"webcal://{here.partition('://')[2]}"
    return {
        "google": f"https://calendar.google.com/calendar/r?{urlencode({'cid': by_calendar})}",
        "outlook": "https://outlook.office.com/calendar/0/addfromweb?"
        + urlencode({"url": here, "name": _("Appointments")}),
        "apple": by_calendar,
    }
