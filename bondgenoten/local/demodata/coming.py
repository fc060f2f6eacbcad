"""What the table of ten does for the evenings to come, through the same actions as real people."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from django.utils import timezone

from alliances.models import Alliance
from meetings.actions import (
    add_tension,
    answer_as_member,
    bring,
    bring_dish,
    give_point,
    invite_guest,
    make_poll,
    make_scenario,
    plan_minutes,
    say_seat,
    set_habit,
    vote_as_member,
    wish_food,
)
from meetings.models import Meeting, PollMoment, Region, Theme
from meetings.timing import WEEK, Evening, evening_of, moment

from .dinners import BEGIN, END, Dinners, Who
from .journal import redate
from .themes import OPENING

MONTHS = (1, 4, 6, 9, 12)
SEASON = "season"  # the theme of this time of the year
MINUTES = {"agreements": 10, "round": 15, "brings": 10, "seldom": 5, "doing": 10}
THEME_MINUTES = {"opvang": 20, "uitspraak": 15, SEASON: 15}
VERDICT, MATCH = timedelta(days=12), timedelta(days=37)  # after the coming dinner
ANSWERS = {
    "Wilma": "coming",
    "Hanneke": "coming",
    "Joost": "coming",
    "Fatima": "coming",
    "Chantal": "coming",
    "Yusuf": "perhaps",
    "Kofi": "not",
}
POINTS = {
    "Wilma": ("opvang", "opvang", SEASON),
    "Hanneke": ("uitspraak", "uitspraak", "opvang"),
    "Joost": ("opvang", SEASON, "licht"),
    "Fatima": ("opvang", SEASON, "uitspraak"),
    "Yusuf": ("vrijdag", SEASON, SEASON),
    "Chantal": (SEASON, "tafel", "opvang"),
    "Samira": ("opvang", "tafel"),
    "Linda": ("licht", "licht", "opvang"),
    "Ruud": ("licht",),
}
WISHES = {
    "Fatima": ("halal",),
    "Yusuf": ("halal",),
    "Samira": ("halal", "no_alcohol"),
    "Chantal": ("vegetarian",),
    "Hanneke": ("no_nuts",),
    "Linda": ("no_lactose",),
}
DISHES = {"Chantal": "Appeltaart", "Joost": "Sap en bruiswater", "Fatima": "Baklava zonder noten"}
SEATS = {
    "Hanneke": ("Een direct nummer, ook ’s avonds.", "Eerder horen wat er speelt. Niet pas als het misgaat."),
    "Joost": ("Een zaal, een beetje geld en iemand die terugbelt.", "Mensen die zeggen als een brief onleesbaar is."),
    "Wilma": ("Ik ken bijna iedereen in mijn flat.", ""),
    "Ruud": ("Tijd. En een bakfiets.", "Dat iemand me belt, ik lees niet graag mail."),
    "Yusuf": ("Ik weet wat er rondgaat onder jongeren.", "Dat jullie niet doorvertellen dat ik het zei."),
    "Kofi": ("Ik ben ’s nachts wakker en zie veel.", ""),
    "Samira": ("Ik spreek Turks en Arabisch.", "Oppas als er een avond is."),
}
# A poll about the evening after the coming one: days from its own, and who says what: yes, perhaps (~) or no.
POLL = {
    -2: {"Hanneke": "no", "Joost": "yes", "Wilma": "yes", "Fatima": "yes", "Samira": "perhaps", "Kofi": "yes"},
    0: {"Hanneke": "perhaps", "Joost": "yes", "Wilma": "yes", "Fatima": "no", "Samira": "yes", "Kofi": "no"},
    5: {"Hanneke": "yes", "Joost": "yes", "Wilma": "yes", "Fatima": "yes", "Samira": "yes", "Kofi": "perhaps"},
    7: {"Hanneke": "yes", "Joost": "no", "Wilma": "perhaps", "Fatima": "yes", "Samira": "no", "Kofi": "yes"},
}
WHAT_IF = {
    "uitspraak": {
        "what": "De rechter spreekt vrij. Een filmpje daarvan gaat rond. Er komen mensen naar de winkels.",
        "tensions": "Boosheid op de politie. Ruzie tussen de twee flats. Winkeliers die dichtgaan.",
        "who": "De twee families. De jongeren die erbij waren. De ouderen die langs de winkels moeten.",
        "talks": "Yusuf met de groep. Fatima met de moeders. Hanneke met de winkeliers.",
        "first": "We bellen elkaar binnen een uur. Wie is er buiten?",
        "second": "Zes van ons zijn bij de winkels, met koffie.",
        "third": "Hanneke vertelt wat wel en niet klopt. Wij vertellen dat door.",
    },
    "opvang": {
        "what": "Op de dag dat de opvang opengaat staan er mensen met spandoeken voor de deur.",
        "tensions": "Boos op de gemeente. Bang voor nieuwe mensen. Kinderen die het zien.",
        "who": "De gezinnen die aankomen. De buren van de oude school.",
        "talks": "Ruud met de buren. Samira met de gezinnen. Joost met de mensen van de spandoeken.",
        "first": "Wij staan er ook, met soep, aan de kant van het park.",
        "second": "Joost luistert en schrijft op wat mensen vragen.",
        "third": "De volgende dag gaan we langs bij wie boos was.",
    },
}


def look_ahead(alliance: Alliance, who: Who, dinners: Dinners, themes: Mapping[str, Theme]) -> None:
    """Everything that is still to come, as done by and by in the last week."""
    dinner, begun = dinners.coming[0], timezone.now()
    set_habit(alliance=alliance, weekday=3, begin=BEGIN, end=END, months=MONTHS, region=Region.MIDDLE, by=who["Joost"])
    _tense(alliance, who, dinner)
    for key, words in WHAT_IF.items():
        make_scenario(theme=themes[key], words=words, by=who["Fatima"])
    for name, (offers, needs) in SEATS.items():
        say_seat(offers=offers, needs=needs, by=who[name])
    _to_dinner(who, dinner, themes)
    _poll(who, dinners.coming[1])
    lines = list(alliance.journal.filter(at__gte=begun).order_by("at").values_list("pk", flat=True))
    redate({key: _by_day(place / len(lines)) for place, key in enumerate(lines)})


def _by_day(part: float) -> datetime:
    """A moment in the last week, so far in it, while people are awake."""
    days, hours = divmod(7 * part, 1)
    return moment(timezone.localdate() - WEEK + timedelta(days=days), time(9)) + hours * timedelta(hours=12)


def _tense(alliance: Alliance, who: Who, dinner: Meeting) -> None:
    today, evening = timezone.localdate(), timezone.localdate(dinner.starts_at)
    days = {
        "De rechter doet uitspraak": evening + VERDICT,
        "Een wedstrijd: veel mensen op straat": evening + MATCH,
        "De opvang gaat open": today + OPENING,
    }
    for title, day in days.items():
        add_tension(alliance=alliance, day=day, title=title, by=who["Hanneke"])


def _to_dinner(who: Who, dinner: Meeting, themes: Mapping[str, Theme]) -> None:
    for name, given in ANSWERS.items():
        answer_as_member(meeting=dinner, answer_given=given, by=who[name])
    dinner.attendances.exclude(answer="").update(
        answered_at=timezone.now() - timedelta(days=3), told_place=dinner.place, told_ends_at=dinner.ends_at
    )
    themes = {**themes, SEASON: next(themes[key] for key in ("vuurwerk", "vrijdag") if themes[key].meeting == dinner)}
    for name, keys in POINTS.items():
        for key in keys:
            give_point(theme=themes[key], meeting=dinner, by=who[name])
    for name, wishes in WISHES.items():
        wish_food(meeting=dinner, wishes=wishes, by=who[name])
    for name, what in DISHES.items():
        bring_dish(meeting=dinner, what=what, by=who[name])
    bring(
        meeting=dinner,
        brings="Hoe we ons voorbereiden op de uitspraak, en wie jullie dan bellen.",
        question="Wat zien jullie dat wij niet zien?",
        then="Ik neem het mee naar het team, zonder te zeggen van wie het komt.",
        by=who["Hanneke"],
    )
    bring(
        meeting=dinner,
        brings="De tekening van de tuin bij de opvang. En er is 500 euro voor iets leuks.",
        question="Wat zouden jongeren zelf kiezen?",
        then="Ik kom de volgende keer terug met wat er kan en wat niet.",
        by=who["Joost"],
    )
    invite_guest(
        meeting=dinner, name="Mirjam", about="Werkt in een opvang. Vertelt hoe een dag daar gaat.", by=who["Joost"]
    )
    plan_minutes(
        meeting=dinner,
        minutes=MINUTES | {f"theme:{themes[key].uuid}": minutes for key, minutes in THEME_MINUTES.items()},
        by=who["Wilma"],
    )


def _poll(who: Who, meeting: Meeting) -> None:
    """About its own evening and three others; most have said when they can."""
    own = evening_of(meeting.starts_at, meeting.ends_at)
    evenings = {days: Evening(own.day + timedelta(days=days), time(18, 30), time(21)) for days in POLL}
    poll = make_poll(meeting=meeting, evenings=list(evenings.values()), by=who["Joost"])
    for days, said in POLL.items():
        asked = PollMoment.objects.get(poll=poll, starts_at=evenings[days].starts_at)
        for name, value in said.items():
            vote_as_member(poll=poll, moments=[asked], value=value, by=who[name])
