"""What the table of ten talks about: ten themes with their stories over two years, in residents' own words."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils import timezone

from alliances.models import Alliance
from meetings.models import AgendaPoint, Contribution, Discussion, Feedback, Meeting, Theme, ThemeCategory

from .dinners import Dinners, Key, Who, note

OPENING = timedelta(days=66)  # from today until the shelter opens
BEFORE = timedelta(days=12)  # how long before an evening a theme is brought in
YOUTH, CRIME, DISCRIMINATION, POLARISATION, RADICALISATION, FACILITY, LIVING, OTHER = range(8)


class Told(NamedTuple):
    """What was done with it: so many days after which evening, and whether who raised it recognised that."""

    after: Key
    days: int
    by: str
    text: str
    recognised: bool | None = None


class Story(NamedTuple):
    """A theme from its first words on. `talks`: at which evening, and what was written down. `ago`: days, when the
    table did not talk about it yet. `season`: on the agenda of these dinners, by number, instead of `state`.
    """

    title: str
    category: int
    by: str
    text: str
    state: str
    talks: Sequence[tuple[Key, str]] = ()
    told: Sequence[Told] = ()
    ago: int = 0
    on_behalf: bool = False
    opens: bool = False
    season: Sequence[int] = ()
    talents: Sequence[tuple[str, str]] = ()


STORIES = {
    "vuurwerk": Story(
        "Vuurwerk in de portieken",
        YOUTH,
        "Wilma",
        "Elk jaar knalt het in de trappenhuizen. Ouderen durven dan niet naar buiten, en de kinderen slapen niet.",
        Theme.State.RESTING,
        talks=[
            ("dec", "Vier vaders willen buiten staan, met koffie. De containers gaan op slot."),
            ("jan", "Tot één uur was het rustig. Daarna twee kapotte brievenbussen."),
        ],
        told=[
            Told(
                "jan",
                4,
                "Joost",
                "Vier vaders stonden buiten met oud en nieuw. De containers waren op slot. We doen het weer.",
                True,
            )
        ],
        season=(1, 5),
        talents=[("Ruud", "Ik sta graag buiten, met een kan koffie en een vuurkorf.")],
    ),
    "opvang": Story(
        "Opvang in de oude school",
        FACILITY,
        "Samira",
        "Mensen horen van alles over de opvang. Niemand weet wie er komt en wanneer.",
        Theme.State.ON_AGENDA,
        talks=[
            (2, "Wat weten we zeker, en wat is een gerucht? De gemeente vraagt de datum na."),
            (1, "De tekening lag op tafel. De ingang komt aan de kant van het park."),
            (0, "We liepen door het gebouw. De kamers zijn klein. De tuin kan van ons samen zijn."),
        ],
        told=[
            Told(
                1,
                6,
                "Joost",
                "Er komen veertig mensen, vooral gezinnen. De datum staat vast. Jullie mogen vooraf komen kijken.",
                True,
            )
        ],
        opens=True,
        talents=[
            ("Fatima", "Ik spreek Arabisch en Frans. Ik wil mensen welkom heten."),
            ("Linda", "Ik maak een kaart met de winkels, de dokter en de bus."),
        ],
    ),
    "vrijdag": Story(
        "Jongeren zonder plek op vrijdag",
        YOUTH,
        "Yusuf",
        "Op vrijdag is het buurthuis dicht. Dan staan we bij de winkels, want nergens anders is het droog.",
        Theme.State.DISCUSSED,
        talks=[
            (4, "Het gaat om een groep van tien. De meeste mensen groeten ze gewoon."),
            (2, "Een bord is geen plek. We vragen of de zaal op vrijdag open kan."),
        ],
        told=[
            Told(4, 25, "Joost", "Er hangt nu een bord bij de winkels dat je daar niet mag blijven staan.", False),
            Told(1, 9, "Kofi", "De zaal is op vrijdag open tot tien uur. Er zijn steeds twee van ons bij."),
        ],
        season=(2, 3, 4),
        talents=[
            ("Kofi", "Ik heb een sleutel van de zaal. Ik kan om de week."),
            ("Chantal", "Ik bak. Waar taart is, komen ze vanzelf."),
        ],
    ),
    "licht": Story(
        "Licht op het pad achter de flats",
        LIVING,
        "Linda",
        "Het is daar donker. Mensen lopen om, vooral in de winter.",
        Theme.State.PROPOSED,
        ago=175,
        talents=[("Ruud", "Ik weet welke lampen stuk zijn. Ik loop zo een rondje mee.")],
    ),
    "achternaam": Story(
        "Afgewezen om je achternaam",
        DISCRIMINATION,
        "Fatima",
        "Een jongen belde over een stage. De plek was weg. Een vriend met een andere achternaam mocht wel komen.",
        Theme.State.RESTING,
        talks=[
            (5, "Drie mensen aan tafel kennen zo’n verhaal. We vragen het aan de school."),
            (3, "De school belt nu zelf met de bedrijven. Twee leerlingen hebben een plek."),
        ],
        told=[
            Told(
                3,
                12,
                "Joost",
                "De school belt voortaan mee. Melden kan ook, en wij hebben het nummer rondgedeeld.",
                True,
            )
        ],
        on_behalf=True,
    ),
    "buurtapp": Story(
        "Ruzie in de buurtapp",
        POLARISATION,
        "Chantal",
        "In de app van de flat schelden mensen op elkaar over het nieuws. Sommigen gaan eruit.",
        Theme.State.RESTING,
        talks=[
            (6, "We lezen allemaal mee en zeggen niets. Dat kan anders."),
            (4, "De toon is beter. Bij ruzie belt er nu iemand, in plaats van te typen."),
        ],
        told=[
            Told(6, 30, "Kofi", "Drie mensen letten nu op de toon. Het nieuws gaat in een eigen groep.", True),
        ],
    ),
    "filmpjes": Story(
        "Filmpjes die jongeren elkaar sturen",
        RADICALISATION,
        "Hanneke",
        "Er gaan filmpjes rond over de oorlog, met oproepen om te haten. Wat zien jullie thuis en op straat?",
        Theme.State.DISCUSSED,
        talks=[(2, "Ouders weten het niet. Jongeren wel. Yusuf legt uit hoe het gaat.")],
    ),
    "deur": Story(
        "Babbeltrucs aan de deur",
        CRIME,
        "Ruud",
        "Er bellen mensen aan die zeggen dat ze van de bank zijn. Mijn buurvrouw van tachtig gaf haar pas mee.",
        Theme.State.DISCUSSED,
        talks=[
            (3, "Bij drie van ons is aangebeld. Mensen schamen zich en doen geen aangifte."),
            (1, "Het briefje hangt overal. Nu de mensen nog die niet lezen."),
        ],
        told=[
            Told(
                1,
                14,
                "Hanneke",
                "In elke hal hangt een briefje met het nummer. Wij kwamen koffie drinken in de seniorenflat. "
                "Er zaten dertig mensen.",
            )
        ],
        talents=[("Wilma", "Ik ga langs bij wie niet goed leest.")],
    ),
    "uitspraak": Story(
        "De uitspraak over de vechtpartij",
        CRIME,
        "Hanneke",
        "De rechter doet binnenkort uitspraak. Mensen van beide kanten wonen hier. Wat verwachten jullie op straat?",
        Theme.State.ON_AGENDA,
        ago=24,
    ),
    "tafel": Story(
        "Eén lange tafel in de straat",
        OTHER,
        "Kofi",
        "In de ramadan eten veel buren na zonsondergang. Zullen we één avond buiten eten, met iedereen?",
        Theme.State.PROPOSED,
        ago=16,
        talents=[("Samira", "Ik kook voor vijftig mensen, samen met mijn zus.")],
    ),
}


def talk(alliance: Alliance, who: Who, dinners: Dinners) -> Mapping[str, Theme]:
    """Write all themes with what was said and done; by their key in STORIES."""
    categories = list(ThemeCategory.objects.order_by("order"))
    return {key: _live(alliance, who, dinners, story, categories[story.category]) for key, story in STORIES.items()}


def _live(alliance: Alliance, who: Who, dinners: Dinners, story: Story, category: ThemeCategory) -> Theme:
    now, by = timezone.now(), who[story.by]
    talks = [(evening, text) for key, text in story.talks if (evening := dinners.find(key))]
    state, meeting = _now(story, talks, dinners.coming[0])
    theme = Theme.objects.create(
        alliance=alliance,
        category=category,
        title=story.title,
        text=story.text,
        raised_by=by,
        on_behalf=story.on_behalf,
        starts_on=timezone.localdate() + OPENING if story.opens else None,
        state=state,
        meeting=meeting,
    )
    raised = min((evening.starts_at - BEFORE for evening, _text in talks), default=now - timedelta(days=story.ago))
    back = max((evening.ends_at for evening, _text in talks), default=raised) if meeting else raised
    Theme.objects.filter(pk=theme.pk).update(created_at=raised, waits_since=back)
    theme.created_at = raised
    note(raised, "proposed_theme", by, theme)
    for evening, text in talks:
        _discuss(theme, evening, text, who)
    for told in story.told:
        _tell(theme, told, dinners.at(told.after), who, now)
    for name, text in story.talents:
        offered = Contribution.objects.create(
            alliance=alliance, membership=who[name], kind=Contribution.Kind.TALENT, theme=theme, text=text
        )
        Contribution.objects.filter(pk=offered.pk).update(at=min(raised + timedelta(days=3), now))
    return theme


def _now(story: Story, talks: Sequence[tuple[Meeting, str]], coming: Meeting) -> tuple[str, Meeting | None]:
    """How it stands: what belongs to a season comes back on the agenda."""
    if story.state == Theme.State.ON_AGENDA or coming.number in story.season:
        return Theme.State.ON_AGENDA, coming
    if story.state == Theme.State.DISCUSSED:
        return story.state, max((evening for evening, _text in talks), key=lambda evening: evening.starts_at)
    return story.state, None


def _discuss(theme: Theme, evening: Meeting, text: str, who: Who) -> None:
    Discussion.objects.create(theme=theme, meeting=evening)
    Discussion.objects.filter(theme=theme, meeting=evening).update(at=evening.ends_at)
    AgendaPoint.objects.create(
        meeting=evening, key=f"theme:{theme.uuid}", notes=text, version=1, edited_by=who["Joost"]
    )
    note(evening.ends_at, "discussed", who["Joost"], theme)


def _tell(theme: Theme, told: Told, evening: Meeting, who: Who, now: datetime) -> None:
    at = min(evening.ends_at + timedelta(days=told.days), now - timedelta(hours=3))
    feedback = Feedback.objects.create(theme=theme, text=told.text, by=who[told.by], recognised=told.recognised)
    said = None if told.recognised is None else min(at + timedelta(days=2), now - timedelta(hours=1))
    Feedback.objects.filter(pk=feedback.pk).update(at=at, recognised_at=said)
    note(at, "gave_feedback", who[told.by], theme)
    if said and theme.raised_by:
        note(said, "recognised" if told.recognised else "reopened", theme.raised_by, theme)
