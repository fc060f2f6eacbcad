"""What the table of ten promised each other in two years, as data for agreed.py."""

from typing import NamedTuple

from meetings.models import Agreement

from .dinners import Key

DONE, FAILED, DROPPED, OPEN = (
    Agreement.State.DONE,
    Agreement.State.FAILED,
    Agreement.State.DROPPED,
    Agreement.State.OPEN,
)


class Promise(NamedTuple):
    """One agreement. `due` and `closed`: days after the evening; `due_in`: days from today instead. `silent` did not
    say yes yet, `refused` said no.
    """

    at: Key
    text: str
    owners: str = ""
    theme: str = ""
    due: int = 0
    due_in: int | None = None
    closed: int = 0
    state: str = DONE
    outcome: str = ""
    silent: str = ""
    refused: str = ""
    plan: bool = False


PROMISES = [
    Promise(
        8, "Het nummer van de wijkagent in elk portiek hangen", "Linda", due=30, closed=20, outcome="Het hangt er."
    ),
    Promise(
        7, "Een rondje lopen met de gemeente", "Wilma Joost", due=21, closed=18, outcome="We telden elf kapotte lampen."
    ),
    Promise(
        6, "Drie mensen zoeken die op de toon letten", "Chantal", "buurtapp", 40, closed=25, outcome="Het zijn er vier."
    ),
    Promise(
        5,
        "De school vragen hoe stages verdeeld worden",
        "Joost",
        "achternaam",
        30,
        closed=28,
        outcome="De directeur kwam zelf langs.",
    ),
    Promise(
        5,
        "Uitzoeken of er een camera bij de containers kan",
        "Hanneke",
        "vuurwerk",
        60,
        closed=71,
        state=FAILED,
        outcome="De paal is van de netbeheerder. Die gaf drie keer geen antwoord.",
    ),
    Promise(
        4,
        "Aan de groep zelf vragen wat ze willen",
        "Yusuf",
        "vrijdag",
        30,
        closed=12,
        outcome="Een warme plek, meer niet.",
    ),
    Promise(
        4,
        "Een kast met spelletjes in de hal van de flat zetten",
        "Chantal",
        "vrijdag",
        45,
        closed=40,
        state=FAILED,
        outcome="De hal is een vluchtweg. Er mag niets staan.",
    ),
    Promise(
        3,
        "Een briefje maken tegen babbeltrucs, in vijf talen",
        "Linda Fatima",
        "deur",
        40,
        closed=31,
        outcome="Het hangt in elke hal.",
    ),
    Promise(
        3, "Een stand op de markt", "Samira", "deur", 50, closed=44, state=DROPPED, outcome="De markt ging niet door."
    ),
    Promise(
        "dec",
        "De containers op slot van 28 december tot 2 januari",
        "Joost",
        "vuurwerk",
        31,
        closed=31,
        outcome="Op tijd dicht en weer open.",
    ),
    Promise(
        "dec",
        "Op oudejaarsavond buiten staan, met koffie",
        "Ruud Kofi",
        "vuurwerk",
        29,
        closed=30,
        outcome="We stonden er met z’n vieren.",
    ),
    Promise(
        2,
        "Navragen wanneer de opvang opengaat",
        "Joost",
        "opvang",
        20,
        closed=15,
        outcome="De brief met de datum is er.",
    ),
    Promise(
        2,
        "Regelen dat de zaal op vrijdag open mag",
        "Kofi Yusuf",
        "vrijdag",
        60,
        closed=55,
        outcome="Tot tien uur. De sleutel ligt bij Kofi.",
        plan=True,
    ),
    Promise(1, "Vragen of de lampen op het pad gemaakt worden", "Joost", "licht", due_in=-12, state=OPEN),
    Promise(1, "De zaal vastleggen voor na de kerst", "Wilma", "vrijdag", due_in=0, state=OPEN, plan=True),
    Promise(1, "Praten met de ouders van de groep bij de winkels", "Fatima Yusuf", "vrijdag", due_in=4, state=OPEN),
    Promise(
        1, "Een avond voor ouders over filmpjes", "Hanneke Samira", "filmpjes", due_in=26, state=OPEN, silent="Samira"
    ),
    Promise(
        1,
        "Een rooster maken voor de vrijdagen",
        "Chantal",
        "vrijdag",
        due_in=18,
        state=OPEN,
        refused="Chantal",
        plan=True,
    ),
    Promise(
        0, "De buren van de oude school vragen voor koffie", "Ruud", "opvang", due_in=33, state=OPEN, silent="Ruud"
    ),
    Promise(1, "Hoor je iets over de opvang? Vraag eerst: hoe weet je dat?", "", "opvang", state=OPEN),
]
