"""Plain factories: one row and what it cannot do without. They write as `worker`, who may write anything; everything
that is not said is fictitious, fits, and differs from one call to the next.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from django.utils import timezone

from alliances import tokens
from alliances.models import (
    Alliance,
    Area,
    Coordination,
    HouseRules,
    Invitation,
    Level,
    Membership,
    Role,
    StandIn,
    User,
)
from meetings.models import (
    ActionPlan,
    Agreement,
    Attendance,
    CalendarFeed,
    DatePoll,
    Guest,
    JointQuestion,
    Meeting,
    Owner,
    PollMoment,
    PollSeat,
    Report,
    Scenario,
    SummaryChoice,
    Theme,
    ThemeCategory,
    YearPlan,
)
from messaging.models import ContactPoint, Incoming
from signals.models import Call, CallRecipient, TensionSignal
from signals.quorum import needed_of

from .acting import as_worker

_next = count(1)
MAIL, SMS, VOICE = "mail", "sms", "voice"


def make_area(name: str = "", *, level: str = Level.NEIGHBOURHOOD, parent: Area | None = None, **fields: Any) -> Area:
    """An area, in no other area when nothing is said."""
    with as_worker():
        return Area.objects.create(name=name or f"Buurt {next(_next)}", level=level, parent=parent, **fields)


def make_user(
    name: str = "",
    *,
    by: Iterable[str] = (MAIL, SMS),
    on_call_list: bool = True,
    language: str = "nl",
    **fields: Any,
) -> User:
    """A person with verified addresses that may be used for messages: `by` "mail", "sms", and "voice" when the mobile
    number may be rung. More: `make_contact_point`.
    """
    number = next(_next)
    by = tuple(by)
    fields.setdefault("email", f"persoon{number}@voorbeeld.example" if MAIL in by else None)
    fields.setdefault("mobile", f"+3161{number:07d}" if SMS in by else None)
    fields.setdefault("recognition_word", f"Woord{number}")
    with as_worker():
        user = User.objects.create_user(name=name or f"Persoon {number}", language=language, **fields)
        addresses = {"email": user.email, "mobile": user.mobile}
        ContactPoint.objects.bulk_create(
            ContactPoint(
                user=user,
                kind=kind,
                address=address,
                verified_at=timezone.now(),
                may_message=True,
                may_ring=VOICE in by and kind == "mobile",
                on_call_list=on_call_list and kind == "mobile",
            )
            for kind, address in addresses.items()
            if address
        )
    return user


def make_coordinator(area: Area, name: str = "", *, role: str = Role.MUNICIPALITY, **fields: Any) -> User:
    """A person who watches over the alliances in an area."""
    user = make_user(name, **fields)
    with as_worker():
        Coordination.objects.create(user=user, area=area, role=role)
    return user


@as_worker()
def make_alliance(
    name: str = "",
    *,
    area: Area | None = None,
    members: Iterable[User] | int = (),
    state: str = "active",
    **fields: Any,
) -> Alliance:
    """An alliance. `members` people (or as many new ones) have a seat: police, municipality, then residents."""
    area = area or make_area()
    if state == "ended":
        fields.setdefault("ended_at", timezone.now())
    alliance = Alliance.objects.create(area=area, name=name or f"Tafel {next(_next)}", state=state, **fields)
    people = [make_user() for _ in range(members)] if isinstance(members, int) else list(members)
    roles = [Role.POLICE, Role.MUNICIPALITY] + [Role.RESIDENT] * len(people)
    for person, role in zip(people, roles, strict=False):
        make_member(alliance, person, role=role)
    return alliance


def make_member(
    alliance: Alliance, user: User | None = None, *, role: str = Role.RESIDENT, **fields: Any
) -> Membership:
    """Somebody's seat in an alliance."""
    user = user or make_user()
    with as_worker():
        rules = HouseRules.objects.latest("version")
        fields.setdefault("pledged_at", timezone.now())
        return Membership.objects.create(alliance=alliance, user=user, role=role, house_rules=rules, **fields)


def member_of(alliance: Alliance, user: User) -> Membership:
    """The seat that a person has in an alliance now."""
    with as_worker():
        return Membership.objects.select_related("alliance", "user").of(user).get(alliance=alliance)


def members(alliance: Alliance, role: str | None = None) -> list[Membership]:
    """Who sits at the table, in order of joining; with one role when it is given."""
    with as_worker():
        seated = Membership.objects.active().filter(alliance=alliance).select_related("alliance", "user").order_by("id")
        return list(seated.filter(role=role) if role else seated)


def make_invitation(
    alliance: Alliance,
    *,
    role: str = Role.RESIDENT,
    name: str = "Nieuwe buur",
    way: str = "link",
    invited_by: User | None = None,
    state: str = "sent",
    **fields: Any,
) -> Invitation:
    """An invitation, open for fourteen days when nothing else is said. Its link: `invitation.path`."""
    now = timezone.now()
    fields.setdefault("sent_at", now)
    fields.setdefault("expires_at", fields["sent_at"] + timedelta(days=14))
    if state not in Invitation.OPEN:
        fields.setdefault("ended_at", now)
    made = Invitation(alliance=alliance, role=role, name=name, way=way, invited_by=invited_by, state=state, **fields)
    made.token_hash = tokens.fingerprint(made.token)
    with as_worker():
        made.save()
    return made


def make_stand_in(alliance: Alliance, *, role: str = Role.POLICE, name: str = "Collega", **fields: Any) -> StandIn:
    """A colleague who may stand in: only named, when nothing else is said. Link: `stand_in.path`.

    `agreed_by` (a member of another role) makes it one who was asked, `user` too makes it one who said yes.
    """
    now = timezone.now()
    fields.setdefault("address", "collega@voorbeeld.example")
    if "agreed_by" in fields:
        fields.setdefault("agreed_at", now)
    if "user" in fields:
        fields.setdefault("accepted_at", now)
        fields["address"] = ""
    made = StandIn(alliance=alliance, role=role, name=name, **fields)
    made.token_hash = tokens.fingerprint(made.token)
    with as_worker():
        made.save()
    return made


def make_plan(alliance: Alliance, year: int | None = None) -> YearPlan:
    """The plan of a year (the running one when nothing is said), made when it is not there."""
    with as_worker():
        return YearPlan.objects.get_or_create(alliance=alliance, year=year or timezone.localdate().year)[0]


def make_meeting(
    alliance: Alliance,
    starts_at: datetime | None = None,
    *,
    kind: str = "regular",
    number: int | None = None,
    **fields: Any,
) -> Meeting:
    """A meeting, in three weeks when nothing is said; a dinner takes the first free number of its year's plan."""
    starts_at = starts_at or at(timezone.localdate() + timedelta(days=21), "18:30")
    fields.setdefault("ends_at", three_hours_after(starts_at))
    fields.setdefault("place", "Buurthuis De Schakel")
    if kind == "regular":
        plan = fields.pop("plan", None) or make_plan(alliance, timezone.localtime(starts_at).year)
        with as_worker():
            taken = set(plan.meetings.values_list("number", flat=True))
        fields |= {"plan": plan, "number": number or min(set(range(1, 6)) - taken)}
    elif number is not None:
        fields["number"] = number
    with as_worker():
        return Meeting.objects.create(alliance=alliance, kind=kind, starts_at=starts_at, **fields)


def make_attendance(meeting: Meeting, membership: Membership, answer: str = "") -> Attendance:
    """A member's answer to "are you coming?", none yet when nothing is said. Its link: `attendance.token`."""
    made = Attendance(meeting=meeting, membership=membership, answer=answer, uuid=uuid4())
    made.token_hash = tokens.fingerprint(made.token)
    made.answered_at = timezone.now() if answer else None
    with as_worker():
        made.save()
    return made


def make_poll(meeting: Meeting, starts: Iterable[datetime] | int = 3, **fields: Any) -> DatePoll:
    """A date poll, open until two days before the meeting, with a part for everybody at the table and nothing said yet.

    `starts` are the beginnings of its evenings, or how many: the meeting's own, and then one in each following week.
    """
    if isinstance(starts, int):
        starts = [meeting.starts_at + timedelta(weeks=n) for n in range(starts)]
    fields.setdefault("closes_at", meeting.starts_at - timedelta(days=2))
    with as_worker():
        poll = DatePoll.objects.create(meeting=meeting, **fields)
        PollMoment.objects.bulk_create(
            PollMoment(poll=poll, starts_at=begin, ends_at=three_hours_after(begin)) for begin in starts
        )
    for seat in members(meeting.alliance):
        make_poll_seat(poll, seat)
    return poll


def make_poll_seat(poll: DatePoll, membership: Membership) -> PollSeat:
    """Somebody's part in a date poll. Its link: `seat.token`."""
    made = PollSeat(poll=poll, membership=membership, uuid=uuid4())
    made.token_hash = tokens.fingerprint(made.token)
    with as_worker():
        made.save()
    return made


def make_theme(alliance: Alliance, *, raised_by: Membership | None = None, title: str = "", **fields: Any) -> Theme:
    """A theme, proposed when nothing else is said."""
    with as_worker():
        category = fields.pop("category", None) or ThemeCategory.objects.order_by("order")[0]
        fields.setdefault("text", "Er staan 's avonds veel fietsen voor de deur van de winkel.")
        return Theme.objects.create(
            alliance=alliance, raised_by=raised_by, category=category, title=title or f"Thema {next(_next)}", **fields
        )


def make_scenario(theme: Theme, *, made_by: Membership | None = None, **fields: Any) -> Scenario:
    """A what-if with a theme; only what may happen, when nothing else is said."""
    fields.setdefault("what", "Er gaat een filmpje rond van een aanhouding.")
    with as_worker():
        return Scenario.objects.create(theme=theme, made_by=made_by, edited_by=made_by, **fields)


def make_signal(
    alliance: Alliance, *, raised_by: Membership | None = None, level: str = "worry", **fields: Any
) -> TensionSignal:
    """A tension signal, without a call; urgent means now when nothing else is said."""
    fields.setdefault("moment", "now" if level == "urgent" else "")
    fields.setdefault("text", "Er is onrust op het plein.")
    fields.setdefault("place", "Bij het plein")
    fields.setdefault("certainty", "seen")
    with as_worker():
        return TensionSignal.objects.create(alliance=alliance, raised_by=raised_by, level=level, **fields)


def make_call(signal: TensionSignal, *, recipients: Iterable[Membership] | None = None, **fields: Any) -> Call:
    """A call with its recipients (everybody at the table when nothing is said), without messages or steps.

    The real thing, with both, is `signals.actions`.
    """
    seated = members(signal.alliance) if recipients is None else list(recipients)
    now = timezone.now()
    if signal.level == TensionSignal.Level.URGENT:
        fields.setdefault("needed", needed_of([membership.role for membership in seated]))
    with as_worker():
        call = Call.objects.create(
            signal=signal,
            alliance=signal.alliance,
            level=signal.level,
            moment=signal.moment,
            **{"begins_at": now} | fields,
        )
        for membership in seated:
            make_recipient(call, membership, called_at=now)
    return call


def make_recipient(call: Call, membership: Membership, **fields: Any) -> CallRecipient:
    """Somebody in a call; `stand_in` and `stands_in=True` for who stands in. Its link: `recipient.token`."""
    made = CallRecipient(call=call, membership=membership, uuid=uuid4(), **fields)
    made.token_hash = tokens.fingerprint(made.token)
    with as_worker():
        made.save()
    return made


def make_contact_point(user: User, kind: str, address: str = "", **fields: Any) -> ContactPoint:
    """Another verified address of a person: messages go there, and a number is rung, when nothing else is said."""
    number = next(_next)
    usual: dict[str, tuple[str, dict[str, Any]]] = {
        "email": (f"nog{number}@voorbeeld.example", {}),
        "mobile": (f"+3162{number:07d}", {"may_ring": True}),
        "landline": (f"+3130{number:07d}", {"may_message": False, "may_ring": True}),
        "push": (f"https://push.example/{number}", {"keys": {"p256dh": "x", "auth": "y"}}),
    }
    found, more = usual[kind]
    values = {"may_message": True, "verified_at": timezone.now()} | more | fields
    with as_worker():
        return ContactPoint.objects.create(user=user, kind=kind, address=address or found, **values)


def make_incoming(text: str, user: User | None = None, *, kind: str = "reply", **fields: Any) -> Incoming:
    """Something that came in from a provider, of a person whose number we know, and was not read yet."""
    with as_worker():
        return Incoming.objects.create(
            provider="notify", kind=kind, news_key=f"news {next(_next)}", text=text, user=user, **fields
        )


def make_feed(user: User) -> CalendarFeed:
    """The address at which a person's calendar looks: `feed.token`."""
    made = CalendarFeed(user=user, uuid=uuid4())
    made.token_hash = tokens.fingerprint(made.token)
    with as_worker():
        made.save()
    return made


def make_summary_choice(user: User, **fields: Any) -> SummaryChoice:
    """Somebody who got a summary once, and the link that stops it: `choice.token`."""
    made = SummaryChoice(user=user, uuid=uuid4(), **fields)
    made.token_hash = tokens.fingerprint(made.token)
    with as_worker():
        made.save()
    return made


# --- agreements, plans, questions, reports


def make_agreement(
    alliance: Alliance, *owners: Membership, said: bool | None = True, text: str = "", **fields: Any
) -> Agreement:
    """An open agreement; its owners said yes (`said=None`: nothing yet; False: no)."""
    now = timezone.now()
    with as_worker():
        made = Agreement.objects.create(alliance=alliance, text=text or f"Licht vragen {next(_next)}", **fields)
        for number, owner in enumerate(owners, 1):
            Owner.objects.create(
                agreement=made,
                membership=owner,
                number=number,
                yes_at=now if said else None,
                no_at=now if said is False else None,
            )
    return made


def make_plan_of_action(alliance: Alliance, **fields: Any) -> ActionPlan:
    """A plan of action that runs, to look at again in two months."""
    fields = {"title": f"Een veilig pad {next(_next)}", "text": "We lopen samen.", **fields}
    fields.setdefault("review_on", timezone.localdate() + timedelta(days=60))
    with as_worker():
        return ActionPlan.objects.create(alliance=alliance, **fields)


def make_question(alliance: Alliance, **fields: Any) -> JointQuestion:
    """A joint question of a week ago without an answer."""
    fields = {"to": "De woningcorporatie", "text": "Wanneer komt er licht in de berging?", **fields}
    fields.setdefault("asked_on", timezone.localdate() - timedelta(days=7))
    with as_worker():
        return JointQuestion.objects.create(alliance=alliance, **fields)


def make_report(meeting: Meeting, *, shared: bool = True, **fields: Any) -> Report:
    """The report of an evening, shared just now when nothing else is said."""
    fields = {"discussed": "Het licht op het pad.", "agreed": "We vragen om licht.", **fields}
    if shared:
        fields.setdefault("shared_at", timezone.now())
        fields.setdefault("final_at", fields["shared_at"] + timedelta(days=7))
    with as_worker():
        return Report.objects.create(meeting=meeting, **fields)


def at(day: date | str, clock: str = "18:00") -> datetime:
    """A moment in Europe/Amsterdam: `at("2027-03-04", "18:30")`. Returned in UTC."""
    local = datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=timezone.get_default_timezone())
    return local.astimezone(UTC)


def three_hours_after(begin: datetime) -> datetime:
    """When an evening ends, but on the same day in Europe/Amsterdam: no evening goes beyond midnight."""
    midnight = timezone.localtime(begin).replace(hour=23, minute=59, second=59, microsecond=999_999)
    return min(begin + timedelta(hours=3), midnight)


def make_guest(meeting: Meeting, name: str = "", **fields: Any) -> Guest:
    """An expert who is asked for one evening. Link: `guest.token`."""
    made = Guest(meeting=meeting, name=name or f"Gast {next(_next)}", uuid=uuid4(), **fields)
    made.token_hash = tokens.fingerprint(made.token)
    with as_worker():
        made.save()
    return made
