"""The reports of past evenings in five lines, the notes that were made, and one report that is still open."""

from collections.abc import Mapping
from datetime import timedelta

from django.utils import timezone

from meetings.actions.reporting import OPEN_FOR
from meetings.models import AgendaPoint, Correction, Meeting, Report, ReportYes

from .dinners import Dinners, Who, note

SHARED_AFTER = timedelta(hours=15)  # the morning after

# What belongs to the season, by the number of the dinner: what we talked about, and what we tell outside.
SEASON = {
    1: ("We keken terug op oud en nieuw.", "Dat het door de vaders rustig bleef."),
    2: ("Het wordt voorjaar: wie is er weer buiten, en wie niet?", "Dat iedereen mag aanschuiven bij het schoonmaken."),
    3: ("De zomer komt. Wat doen de kinderen die niet weggaan?", "Dat de speeltuin langer open is."),
    4: ("Hoe was de zomer? Warm, en rustiger dan vorig jaar.", "Dat het zwembad goed beviel."),
    5: ("Hoe komen we oud en nieuw door?", "Dat er mensen buiten staan, en dat er koffie is."),
}
# What ran on, by how many dinners ago: talked about, agreed, who does it, next time.
RUNNING = {
    1: (
        "De opvang, de babbeltrucs en de vrijdagen.",
        "Wie iets hoort over de opvang, vraagt eerst: hoe weet je dat?",
        "Joost vraagt naar de lampen. Wilma legt de zaal vast. Fatima en Yusuf praten met de ouders.",
        "De uitspraak van de rechter. Wat als het dan druk wordt?",
    ),
    2: (
        "Wat we weten van de opvang. En de filmpjes die rondgaan.",
        "De zaal gaat op vrijdag open, als proef.",
        "Joost vraagt de datum na. Kofi en Yusuf regelen de zaal.",
        "De tekening van de opvang op tafel.",
    ),
    3: (
        "Mensen aan de deur die doen alsof. En hoe het nu gaat met stages.",
        "Er komt een briefje in vijf talen.",
        "Linda en Fatima maken het briefje.",
        "De opvang: wat weten we zeker?",
    ),
    4: (
        "De groep bij de winkels. De toon in de buurtapp.",
        "We praten met ze, en niet over ze.",
        "Yusuf vraagt de groep wat ze willen.",
        "Verhalen over de bank aan de deur.",
    ),
    5: (
        "Een stage die ineens weg was.",
        "We vragen het de school, zonder namen.",
        "Joost belt de school. Hanneke zoekt uit of een camera kan.",
        "De groep bij de winkels.",
    ),
    6: (
        "De ruzies in de app van de flat.",
        "Bij ruzie bellen we, en typen we niet.",
        "Chantal zoekt drie mensen die op de toon letten.",
        "Waarom iemand geen stage krijgt.",
    ),
    7: (
        "Donkere plekken.",
        "We lopen een rondje met de gemeente.",
        "Wilma en Joost prikken een avond.",
        "De buurtapp.",
    ),
    8: (
        "Kennismaken. Wie kent wie?",
        "We vertellen niet verder wie wat zei.",
        "Linda hangt het nummer van de wijkagent op.",
        "Een rondje door het donker.",
    ),
}
FIRST = (
    "De eerste keer samen eten.",
    "We komen vijf keer per jaar bij elkaar.",
    "Iedereen neemt iets mee.",
    "Wie kent wie?",
)
EXTRA = {
    "discussed": "We liepen met z’n achten door de oude school. De kamers zijn klein, de tuin is groot.",
    "agreed": "Op de eerste dag staan wij buiten, met soep.",
    "who": "Ruud vraagt de buren van de school voor koffie.",
    "outside": "Dat er gezinnen komen, en wanneer. Niet hoeveel kamers er zijn.",
    "next": "Wie heet de mensen welkom, en in welke taal?",
}
# As Joost wrote it first, at a dinner and at the extra evening.
BEFORE = ("Niemand zegt buiten iets over de opvang.", "Op de eerste dag hangen wij een spandoek op.")
ROUNDS = (
    "Wilma: het is rustig in de flat. Yusuf: op vrijdag niet. Linda slaapt weer door.",
    "Samira ziet nieuwe gezinnen. Kofi hoort ’s nachts scooters. Ruud mist de bankjes.",
    "Iedereen is blij met de zon. Chantal: de post komt weer. Fatima: er is veel stress over geld.",
    "Linda durft weer langs het park. Hanneke: minder meldingen, of bellen mensen niet?",
)


def report(who: Who, dinners: Dinners) -> None:
    """One for each past evening; final, unless the last one was less than a week ago."""
    for ago, meeting in enumerate(reversed(dinners.held), 1):
        talked, agreed, does, following = RUNNING.get(ago, FIRST)
        season, outside = SEASON[meeting.number or 1]
        lines = {
            "discussed": f"{season} {talked}",
            "agreed": agreed,
            "who": does,
            "outside": outside,
            "next": following,
        }
        _share(meeting, lines, who)
        AgendaPoint.objects.create(
            meeting=meeting, key="round", notes=ROUNDS[ago % len(ROUNDS)], version=1, edited_by=who["Joost"]
        )
    if dinners.extra:
        _better(_share(dinners.extra, EXTRA | {"agreed": BEFORE[1]}, who), "agreed", EXTRA["agreed"], who)


def _share(meeting: Meeting, lines: Mapping[str, str], who: Who) -> Report:
    """Written the same evening, shared the morning after, and everybody who was there says yes in the days after."""
    shared = meeting.ends_at + SHARED_AFTER
    row = Report.objects.create(meeting=meeting, written_by=who["Joost"], **lines)
    there = list(meeting.attendances.filter(present=True).select_related("membership")[:6])
    for attendance in there:
        yes = ReportYes.objects.create(report=row, membership=attendance.membership)
        ReportYes.objects.filter(pk=yes.pk).update(at=shared + timedelta(hours=6))
    # Last: once it is final the database adds nothing to it.
    if shared < timezone.now():
        Report.objects.filter(pk=row.pk).update(made_at=meeting.ends_at, shared_at=shared, final_at=shared + OPEN_FOR)
        note(shared, "shared_report", who["Joost"], row)
    return row


def _better(row: Report, line: str, text: str, who: Who) -> None:
    """Chantal was there too, and knows it better: those who said yes are asked anew."""
    Correction.objects.create(report=row, line=line, before=getattr(row, line), after=text, by=who["Chantal"])
    Report.objects.filter(pk=row.pk).update(**{line: text})
    row.yeses.exclude(membership__in=[who[name] for name in ("Chantal", "Samira", "Hanneke")]).delete()
