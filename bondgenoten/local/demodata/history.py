"""What the table of ten lived through: two years of dinners, themes with what was done, and one call.

The past cannot be made through the actions, which rightly refuse it: these rows are written by hand,
as the tables' owner.
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from alliances import tokens
from alliances.models import Alliance, Membership
from meetings.models import Attendance, Feedback, Meeting, Theme, ThemeCategory, YearPlan
from signals.models import Answer, Call, CallRecipient, TensionSignal

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
EVENINGS = ((1, 28), (4, 15), (6, 17), (9, 23), (12, 2))  # the first Thursday after each
THEMES = [
    (
        "Vuurwerk in de portieken",
        0,
        "Elk jaar knalt het in de trappenhuizen. Ouderen durven dan niet naar buiten.",
        "discussed",
        "Vier vaders stonden buiten met oud en nieuw. Het bleef rustig. We doen het weer.",
    ),
    (
        "Opvang in de oude school",
        5,
        "Mensen horen van alles over de opvang. Niemand weet wanneer hij opengaat.",
        "discussed",
        "De gemeente vroeg het na: de deuren gaan in het voorjaar open. We mogen vooraf komen kijken.",
    ),
    (
        "Jongeren zonder plek op vrijdag",
        0,
        "Op vrijdag is het buurthuis dicht. Dan staan ze bij de winkels.",
        "agenda",
        "",
    ),
    ("Licht op het pad achter de flats", 6, "Het is daar donker. Mensen lopen om.", "proposed", ""),
]


def live_through(alliance: Alliance) -> None:
    """Write two years for this alliance, as seen from today. Only once: an alliance with a year plan is left alone."""
    if alliance.year_plans.exists():
        return
    members = list(alliance.memberships.active().select_related("user"))
    this_year = timezone.localdate().year
    meetings = [m for year in (this_year - 1, this_year) for m in _year(alliance, members, year)]
    coming = next((m for m in meetings if m.ends_at > timezone.now()), None)
    _themes(alliance, members, [m for m in meetings if m.ends_at <= timezone.now()], coming)
    _signals(alliance, members, coming)


def _year(alliance: Alliance, members: list[Membership], year: int) -> list[Meeting]:
    plan = YearPlan.objects.create(alliance=alliance, year=year)
    return [_dinner(plan, members, number, date(year, month, day)) for number, (month, day) in enumerate(EVENINGS, 1)]


def _dinner(plan: YearPlan, members: list[Membership], number: int, after: date) -> Meeting:
    day = after + timedelta(days=(3 - after.weekday()) % 7)
    host = members[(plan.year + number) % len(members)]
    meeting = Meeting.objects.create(
        alliance=plan.alliance,
        plan=plan,
        number=number,
        host=host,
        place="Buurthuis De Ketel, zijdeur, zaal 2",
        food="Soep en brood",
        starts_at=datetime.combine(day, time(18, 30), AMSTERDAM),
        ends_at=datetime.combine(day, time(21), AMSTERDAM),
    )
    over = meeting.ends_at <= timezone.now()
    for index, member in enumerate(members):
        attendance = Attendance(meeting=meeting, membership=member)
        attendance.token_hash = tokens.fingerprint(attendance.token)
        if over or index in (1, 2, 4, 5):
            attendance.answer = (
                "not" if (index + number) % 7 == 0 else "perhaps" if index == 5 and not over else "coming"
            )
            attendance.answered_at = meeting.starts_at - timedelta(days=9) if over else timezone.now()
        attendance.save()
    return meeting


def _themes(alliance: Alliance, members: list[Membership], past: list[Meeting], coming: Meeting | None) -> None:
    categories = list(ThemeCategory.objects.order_by("order"))
    for index, (title, category, text, wanted, done) in enumerate(THEMES):
        state = "proposed" if wanted == "agenda" and coming is None else wanted
        theme = Theme.objects.create(
            alliance=alliance,
            title=title,
            text=text,
            category=categories[category],
            raised_by=members[2 + index],
            state=state,
            meeting=coming if state == "agenda" else past[-1 - index] if state == "discussed" else None,
        )
        raised = past[-2 - index].starts_at if past else timezone.now()
        Theme.objects.filter(pk=theme.pk).update(created_at=raised)
        if done:
            feedback = Feedback.objects.create(theme=theme, text=done, by=members[1])
            Feedback.objects.filter(pk=feedback.pk).update(at=past[-1].starts_at)


def _signals(alliance: Alliance, members: list[Membership], coming: Meeting | None) -> None:
    """One urgent call of weeks ago, answered and closed, and one signal to keep an eye on."""
    then = datetime.combine(timezone.localdate() - timedelta(days=40), time(21, 12), AMSTERDAM)
    signal = TensionSignal.objects.create(
        alliance=alliance,
        raised_by=members[2],
        text="Er staan veel jongeren bij de winkels. Er wordt geschreeuwd.",
        place="Bij de winkels",
        when="Nu",
        certainty="seen",
        level="urgent",
        moment="now",
        closed_at=then + timedelta(minutes=95),
        closed_by=members[0],
        outcome="Zes van ons gingen erheen. We praatten met de groep. Om half elf was het rustig.",
    )
    TensionSignal.objects.filter(pk=signal.pk).update(raised_at=then)
    call = Call.objects.create(
        signal=signal,
        alliance=alliance,
        level="urgent",
        moment="now",
        state="closed",
        begins_at=then,
        needed={"police": 1, "municipality": 1, "resident": 3},
        enough_at=then + timedelta(seconds=350),  # the third resident said "coming"
        started_by=members[2],
        ended_at=then + timedelta(minutes=95),
        ended_by=members[0],
        call_list_at=then + timedelta(minutes=10),
    )
    Call.objects.filter(pk=call.pk).update(started_at=then)
    for index, member in enumerate(members):
        recipient = CallRecipient(call=call, membership=member, called_at=then)
        recipient.token_hash = tokens.fingerprint(recipient.token)
        recipient.save()
        value = "cannot" if index == 6 else "seen" if index == 8 else "coming"
        if index != 7:
            answer = Answer.objects.create(
                recipient=recipient, value=value, via="site" if index == 2 else "link", by=member
            )
            after = timedelta(seconds=0 if index == 2 else 70 * (index + 1))
            Answer.objects.filter(pk=answer.pk).update(at=then + after)
    TensionSignal.objects.create(
        alliance=alliance,
        raised_by=members[5],
        text="Er hangen briefjes over de opvang in de hal van de flat.",
        place="De hal van de flat",
        when="Deze week",
        certainty="seen",
        level="watch",
        meeting=coming,
    )
