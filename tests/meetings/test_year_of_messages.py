"""A year and a third of an active alliance, day by day, with the real actions and tasks: nobody gets more than 25
unasked messages in any running year, and no message says who, which table, where or about what.
"""

import json
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
import time_machine
from django.utils import timezone
from icalendar import Calendar

from alliances.models import Alliance, Membership
from meetings import actions
from meetings.budget import AT_MOST, YEAR, fullest_year
from meetings.models import Attendance, DatePoll, Meeting, Report, Theme, ThemeCategory
from meetings.tasks import close_polls, mind_owners, send_changes, send_reminders, send_summaries
from meetings.timing import Evening, evening_of
from messaging.kinds import unasked
from messaging.models import Delivery, Message, Payload
from tests.acting import acting_as, as_worker
from tests.make import at, make_alliance, make_area, make_user, members

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2027, 1, 5), date(2028, 4, 20)
NAMES = (
    "Quinten", "Xandra", "Zoltan", "Yfke", "Wubbo", "Jorrit", "Fenne", "Gijsbert", "Hendrikje", "Imke",
)  # fmt: skip
TABLE, AREA, THEME = "Zonnebloemtafel", "Kwikstaartwijk", "Vuurpijlen bij de vijver"
# What each of the ten does with an invitation: at once, after the second message, or never.
PROMPT, LATE, NEVER = "prompt", "late", "never"
HABITS = (PROMPT, LATE, LATE, NEVER, PROMPT, LATE, PROMPT, NEVER, PROMPT, LATE)
ANSWERS = ("coming", "coming", "coming", "", "not", "coming", "perhaps", "", "coming", "coming")
DINNERS = {
    2027: (date(2027, 2, 11), date(2027, 4, 15), date(2027, 6, 17), date(2027, 9, 16), date(2027, 11, 18)),
    2028: (date(2028, 2, 10), date(2028, 3, 30), date(2028, 6, 15), date(2028, 9, 14), date(2028, 10, 26)),
}


class Life:
    """One table that lives: `day` runs the clocks, then people do what they do."""

    def __init__(self) -> None:
        people = [make_user(name, language="en" if name == "Imke" else "nl") for name in NAMES]
        self.table: Alliance = make_alliance(TABLE, area=make_area(AREA), members=people)
        self.seats: list[Membership] = members(self.table)
        self.todo: dict[date, list[Callable[[], object]]] = {}

    def on(self, day: date, act: Callable[[], object]) -> None:
        self.todo.setdefault(day, []).append(act)

    def live(self, first: date, last: date) -> None:
        day = first
        while day <= last:
            self.day(day)
            day += timedelta(days=1)

    def day(self, day: date) -> None:
        """Ten in the morning the clocks, one in the afternoon the people; what is written is sent at once."""
        with time_machine.travel(at(day, "10:00"), tick=False):
            with as_worker():
                for clock in (send_reminders, send_changes, send_summaries, close_polls, mind_owners):
                    clock()
            self.send(timezone.now())
        with time_machine.travel(at(day, "13:00"), tick=False):
            for act in self.todo.pop(day, []):
                act()
            self.answer()
            self.send(timezone.now())

    def send(self, now: datetime) -> None:
        """The rows carry the database's clock, which does not travel: they are moved, and what is due is sent."""
        with as_worker():
            Message.objects.filter(created_at__lt=at(FIRST)).update(created_at=now)
            Delivery.objects.filter(state="due").update(state="sent", sent_at=now)

    def answer(self) -> None:
        """Who was asked since their last answer, answers as they are used to."""
        with as_worker():
            coming = list(Meeting.objects.coming_up(timezone.now()).filter(alliance=self.table))
            asked = Counter(
                Message.objects.filter(
                    kind__in=("meeting_reminder", "meeting_moved", "meeting_changed", "poll_result"),
                    about__in=[m.uuid for m in coming],
                ).values_list("about", "user")
            )
            silent = list(Attendance.objects.filter(meeting__in=coming, answer="").select_related("meeting"))
        for attendance in silent:
            number = [seat.pk for seat in self.seats].index(attendance.membership_id)
            patience = {PROMPT: 1, LATE: 2, NEVER: 99}[HABITS[number]]
            if ANSWERS[number] and asked[attendance.meeting.uuid, self.seats[number].user_id] >= patience:
                self.by(number, actions.answer_as_member, meeting=attendance.meeting, answer_given=ANSWERS[number])

    def by(self, number: int, action: Callable[..., object], **fields: object) -> object:
        seat = self.seats[number]
        with acting_as(seat.user):
            return action(by=seat, **fields)

    # --- What happens in a year ----------------------------------------------------------------------------------

    def meeting(self, year: int, number: int) -> Meeting:
        with as_worker():
            return Meeting.objects.select_related("alliance").get(plan__year=year, number=number)

    def plan(self, year: int) -> None:
        self.by(1, actions.plan_year, alliance=self.table, year=year, evenings=[Evening(day) for day in DINNERS[year]])

    def move(self, year: int, number: int, days: int) -> None:
        meeting = self.meeting(year, number)
        local = evening_of(meeting.starts_at, meeting.ends_at)
        moved = Evening(local.day + timedelta(days=days), local.begin, local.end)
        self.by(1, actions.move_meeting, meeting=meeting, evening=moved)

    def place(self, year: int, number: int, where: str) -> None:
        self.by(2, actions.edit_meeting, meeting=self.meeting(year, number), place=where, food="")

    def poll(self, year: int, number: int) -> None:
        meeting = self.meeting(year, number)
        day = evening_of(meeting.starts_at, meeting.ends_at).day
        evenings = [Evening(day + timedelta(days=days)) for days in (0, 5, 6)]
        poll = self.by(4, actions.make_poll, meeting=meeting, evenings=evenings)
        assert isinstance(poll, DatePoll)

        def vote() -> None:
            with as_worker():
                moments = list(poll.moments.order_by("starts_at"))
            for member in (0, 2, 4, 6):
                self.by(member, actions.vote_as_member, poll=poll, moments=moments[1:2], value="yes")

        self.on(timezone.localdate() + timedelta(days=2), vote)

    def report(self, year: int, number: int) -> None:
        meeting = self.meeting(year, number)
        empty = dict.fromkeys(Report.Line.values, "")
        texts = empty | {"discussed": "De lamp en het plein.", "agreed": "We kijken samen."}
        self.by(number, actions.write_report, meeting=meeting, texts=texts, began=empty)
        self.by(number, actions.share_report, meeting=meeting)

    def agree(self, owner: int, due_on: date) -> None:
        made = self.by(1, actions.make_agreement, alliance=self.table, text="De lamp", owners=[self.seats[owner]], due_on=due_on)  # fmt: skip  # noqa: E501
        self.by(owner, actions.say_yes, agreement=made)

    def theme(self, member: int) -> None:
        with as_worker():
            category = ThemeCategory.objects.order_by("order")[0]
        self.by(
            member, actions.propose_theme, alliance=self.table, category=category, title=THEME,
            text="Er zijn knallen in de avond.",
        )  # fmt: skip

    def feedback(self, member: int) -> None:
        with as_worker():
            theme = Theme.objects.select_related("alliance").order_by("created_at").filter(alliance=self.table).first()
        self.by(member, actions.give_feedback, theme=theme, text="De lamp is gemaakt.")

    def script(self) -> None:
        """Each year: five dinners with a report and an agreement each, a move, another place, a poll, monthly news."""
        for year, days in DINNERS.items():
            self.on(date(year, 1, 5), lambda year=year: self.plan(year))
            for number, day in enumerate(days, 1):
                told = day + timedelta(days=16)  # after every move
                self.on(told, lambda year=year, number=number: self.report(year, number))
                self.on(told, lambda number=number, day=day: self.agree(number, day + timedelta(days=40)))
            for before, where in ((20, "De Zaal"), (9, "Het Buurthuis")):
                change = (year, 4, where)
                self.on(days[3] - timedelta(days=before), lambda change=change: self.place(*change))
            self.on(days[1] - timedelta(days=10), lambda year=year: self.move(year, 2, 7))
            self.on(days[2] - timedelta(days=45), lambda year=year: self.poll(year, 3))
            for month in range(1, 13):
                self.on(date(year, month, 12), lambda month=month: self.theme(month % 10))
                self.on(date(year, month, 20), lambda month=month: self.feedback((month + 3) % 10))


@pytest.fixture
def life() -> Life:
    return Life()


def unasked_of(life: Life) -> dict[str, list[tuple[datetime, str]]]:
    """Each member's unasked messages that went: when, and of what kind."""
    with as_worker():
        went = Delivery.objects.filter(state="sent").values("message")
        rows = list(Message.objects.filter(pk__in=went).values_list("user__name", "created_at", "kind"))
    found: dict[str, list[tuple[datetime, str]]] = {name: [] for name in NAMES}
    for name, moment, kind in rows:
        if unasked(kind):
            found[name].append((moment, kind))
    return found


def test_at_most_25_unasked_messages_in_any_running_year(life: Life):
    life.script()
    life.live(FIRST, LAST)
    found = unasked_of(life)
    print()
    for number, (name, messages) in enumerate(found.items()):
        fullest = fullest_year([moment for moment, _kind in messages])
        kinds = Counter(kind for moment, kind in messages if moment < at(FIRST) + YEAR)
        print(f"{name:10} {HABITS[number]:7} fullest year {fullest:2}, in 2027: {dict(kinds)}")
        assert fullest <= AT_MOST, name
    kinds = Counter(kind for messages in found.values() for _moment, kind in messages)
    # Every moment of the year was in it: else this would prove little.
    assert set(kinds) >= {
        "meeting_reminder", "meeting_moved", "meeting_changed", "poll_asked", "poll_result", "report_shared",
        "agreement_due", "summary",
    }  # fmt: skip
    with_summary = [name for name, messages in found.items() if "summary" in {kind for _moment, kind in messages}]
    assert len(with_summary) == len(NAMES)
    assert_neutral(life)


# --- What they say ----------------------------------------------------------------------------------------------------


def readable(payload: Payload) -> tuple[str, str]:
    """What stands outside (subject, title in a calendar, name of a file, locked screen), and all there is to read."""
    content = bytes(payload.content)
    if payload.channel == "push":
        return json.loads(content)["news"]["text"], ""
    if payload.channel != "mail":
        return content.decode(), ""
    mail = message_from_bytes(content, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    outside = [str(mail["Subject"]), str(mail["From"])]
    inside = [str(mail.get_body((kind,)).get_content()) for kind in ("plain", "html")]
    for part in mail.walk():
        outside += [part.get_filename() or ""]
        if part.get_content_type() in ("text/calendar", "application/ics"):
            text = part.get_payload(decode=True)
            outside += [str(event["summary"]) for event in Calendar.from_ical(text).walk("VEVENT")]
            inside += [text.decode().replace("\r\n ", "")]
    return " ".join(outside), " ".join(inside)


def assert_neutral(life: Life) -> None:
    with as_worker():
        payloads = list(Payload.objects.select_related("message__user").filter(message__user__isnull=False))
    assert len(payloads) > 300
    for payload in payloads:
        outside, inside = readable(payload)
        reader = payload.message.user
        for secret in (*NAMES, TABLE, AREA, THEME, "politie", "police", "gemeente", "ondgeno", "knallen", "lamp"):
            assert secret not in outside, (payload.message.kind, payload.channel, secret)
            if secret != reader.name:
                assert secret not in inside, (payload.message.kind, payload.channel, secret)
        addresses = {seat.user.email for seat in life.seats} - {reader.email}
        assert not any(address in inside for address in addresses if address)


# --- And nothing when there is to be silence --------------------------------------------------------------------------


def messages_after(day: date) -> list[tuple[str, str]]:
    with as_worker():
        rows = Message.objects.filter(created_at__gt=at(day, "23:59"), user__isnull=False)
        return list(rows.values_list("user__name", "kind"))


@pytest.mark.parametrize("state", ["paused", "ended"])
def test_a_table_that_pauses_or_ended_gets_nothing_for_months(life: Life, state: str):
    life.script()
    life.live(FIRST, date(2027, 1, 20))
    with as_worker():
        ended = {"ended_at": timezone.now()} if state == "ended" else {}
        Alliance.objects.filter(pk=life.table.pk).update(state=state, **ended)
    life.todo.clear()
    life.live(date(2027, 1, 21), date(2027, 5, 31))
    assert messages_after(date(2027, 1, 20)) == []


def test_a_member_who_pauses_gets_nothing_and_the_others_do(life: Life):
    life.script()
    life.live(FIRST, date(2027, 1, 20))
    with as_worker():
        Membership.objects.filter(pk=life.seats[4].pk).update(paused_until=date(2027, 6, 1))
    for day in list(life.todo):  # who pauses does nothing either
        if day.month in (2, 3, 4, 5) and day.day in (12, 20):
            del life.todo[day]
    life.todo.pop(DINNERS[2027][2] - timedelta(days=45), None)
    life.live(date(2027, 1, 21), date(2027, 3, 1))
    told = {name for name, _kind in messages_after(date(2027, 1, 20))}
    assert told == set(NAMES) - {NAMES[4]}
