"""The reports of past evenings in five lines, the notes that were made, and one report that is still open."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.utils import timezone

from alliances.models import Membership
from meetings.actions.reporting import OPEN_FOR
from meetings.models import AgendaPoint, Contribution, Correction, Meeting, Report, ReportYes

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
# The same of the year before.
BEFORE_THAT = {
    1: ("Hoe was de jaarwisseling? Overal knallen tot drie uur.", "Dat we er iets aan willen doen."),
    2: ("Veel mensen vasten nu. Hoe houden we rekening met elkaar?", "Dat we later eten, en samen."),
    3: ("Warme avonden, en ramen die openstaan.", "Dat je mag aanbellen als het te hard is."),
    4: ("De scholen zijn weer begonnen. Wie loopt er mee?", "Dat er ’s ochtends iemand op het plein staat."),
    5: ("Oud en nieuw komt eraan. Wie is er bang?", "Dat niemand alleen hoeft te zitten."),
}
# What ran on, by how many dinners ago: talked about, agreed, who does it, next time.
RUNNING: Mapping[int, tuple[str, str, str, str]] = {
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
SAID_YES = ("Chantal", "Samira", "Yusuf")  # while a report is open: the others still may
# As Joost wrote it first, at a dinner and at the extra evening.
BEFORE = ("Niemand zegt buiten iets over de opvang.", "Op de eerste dag hangen wij een spandoek op.")
ROUNDS = (
    "Wilma: het is rustig in de flat. Yusuf: op vrijdag niet. Linda slaapt weer door.",
    "Samira ziet nieuwe gezinnen. Kofi hoort ’s nachts scooters. Ruud mist de bankjes.",
    "Iedereen is blij met de zon. Chantal: de post komt weer. Fatima: er is veel stress over geld.",
    "Linda durft weer langs het park. Hanneke: minder meldingen, of bellen mensen niet?",
)


NOTES = {
    1: {
        "brings": "Hanneke: kom ook langs als er niets is. Dat willen we.",
        "seldom": "De vrouwen op de vierde verdieping. Fatima vraagt ze voor thee.",
        "doing": "Vier dingen. Iedereen zei zelf ja.",
    },
    2: {"seldom": "De mannen bij het wasstation. Kofi kent ze.", "doing": "De zaal eerst. Dan pas de rest."},
}
BRINGS, QUESTION = Contribution.Kind.BRINGS, Contribution.Kind.QUESTION
BROUGHT: Mapping[int, Sequence[tuple[str, Contribution.Kind, str, str]]] = {
    1: (
        ("Hanneke", BRINGS, "Wat we deden na jullie meldingen over de deur. In drie cijfers.", ""),
        (
            "Hanneke",
            QUESTION,
            "Wanneer bel je ons niet, terwijl je dat wel zou willen?",
            "Ik vertel de volgende keer wat er anders gaat.",
        ),
        ("Joost", BRINGS, "De tekening van de oude school.", ""),
    ),
    2: (
        ("Joost", BRINGS, "Wat we nu wel en niet weten van de opvang.", ""),
        (
            "Joost",
            QUESTION,
            "Welke brief van ons begreep je niet?",
            "Ik laat hem opnieuw schrijven, en jullie lezen hem eerst.",
        ),
    ),
}


def report(who: Who, dinners: Dinners) -> None:
    """One for each past evening; final, unless the last one was less than a week ago."""
    for ago, meeting in enumerate(reversed(dinners.held), 1):
        talked, agreed, does, following = RUNNING.get(ago, FIRST)
        season, outside = (SEASON if ago <= len(SEASON) else BEFORE_THAT)[meeting.number or 1]
        lines = {
            "discussed": f"{season} {talked}",
            "agreed": agreed,
            "who": does,
            "outside": outside,
            "next": following,
        }
        _report(meeting, lines, BEFORE[0] if ago == 1 else "", who)
        for key, notes in {"round": ROUNDS[ago % len(ROUNDS)], **NOTES.get(ago, {})}.items():
            AgendaPoint.objects.create(meeting=meeting, key=key, notes=notes, version=1, edited_by=who["Joost"])
        for name, kind, text, then in BROUGHT.get(ago, ()):
            _bring(meeting, who[name], kind, text, then)
    if dinners.extra:
        _report(dinners.extra, EXTRA, BEFORE[1], who)


def _bring(meeting: Meeting, by: Membership, kind: Contribution.Kind, text: str, then: str) -> None:
    """What a professional brought, or asked."""
    row = Contribution.objects.create(
        alliance_id=by.alliance_id, membership=by, kind=kind, meeting=meeting, text=text, then=then
    )
    Contribution.objects.filter(pk=row.pk).update(at=meeting.starts_at - timedelta(days=4))


def _report(meeting: Meeting, lines: Mapping[str, str], first: str, who: Who) -> None:
    """`first`: how "agreed" read before Chantal bettered it, which she can only do while the report is open."""
    row = Report(meeting=meeting, written_by=who["Joost"], **lines)
    shared, now = meeting.ends_at + SHARED_AFTER, timezone.now()
    is_open = shared < now < shared + OPEN_FOR
    if first and is_open:
        row.agreed = first
    row.save()
    Report.objects.filter(pk=row.pk).update(made_at=meeting.ends_at)
    if shared >= now:
        return
    for attendance in meeting.attendances.filter(present=True).select_related("membership"):
        if attendance.membership.name in SAID_YES or not is_open:
            yes = ReportYes.objects.create(report=row, membership=attendance.membership)
            ReportYes.objects.filter(pk=yes.pk).update(at=min(shared + timedelta(hours=6), now))
    if row.agreed != lines["agreed"]:
        Correction.objects.create(
            report=row, line="agreed", before=row.agreed, after=lines["agreed"], by=who["Chantal"]
        )
        note(now, "bettered_report", who["Chantal"], row)
    # Last: once it is final the database adds nothing to it.
    row.agreed, row.shared_at, row.final_at = lines["agreed"], shared, shared + OPEN_FOR
    row.save(update_fields=["agreed", "shared_at", "final_at"])
    note(shared, "shared_report", who["Joost"], row)
