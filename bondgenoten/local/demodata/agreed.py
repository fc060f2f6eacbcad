"""What the table of ten agreed: done, not done, late and running, with the plans and the questions to others."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from alliances.models import Alliance
from meetings.models import ActionPlan, Agreement, Consent, JointQuestion, Owner, Theme
from meetings.timing import moment

from .dinners import Dinners, Who, note
from .promises import PROMISES, Promise

Themes = Mapping[str, Theme]
OPEN, DONE, FAILED, DROPPED = (
    Agreement.State.OPEN,
    Agreement.State.DONE,
    Agreement.State.FAILED,
    Agreement.State.DROPPED,
)


FRIDAY = "Elke vrijdag van zeven tot tien is de zaal open. Er zijn steeds twee van ons. De jongeren ruimen zelf op."
SAID = {
    "Kofi": ("agree", ""),
    "Wilma": ("agree", ""),
    "Hanneke": ("agree", ""),
    "Chantal": ("agree", ""),
    "Joost": ("live", "De huur is voor een half jaar geregeld. Daarna moeten we opnieuw kijken."),
    "Linda": ("live", "Als het om tien uur echt stil is."),
    "Fatima": ("object", "Zo komen er geen meisjes. Maak één avond in de maand voor hen."),
}
CALM = "Vier mensen staan buiten. De containers zijn op slot. De gemeente brengt een vuurkorf."


def agree(alliance: Alliance, who: Who, dinners: Dinners, themes: Themes) -> None:
    """Plans, agreements and questions."""
    friday = _plans(alliance, who, dinners, themes)
    for promise in PROMISES:
        _promise(alliance, who, dinners, themes, promise, friday if promise.plan else None)
    _ask(alliance, who, dinners, themes)


def _plans(alliance: Alliance, who: Who, dinners: Dinners, themes: Themes) -> ActionPlan:
    """One that runs, with an objection, and one that was done with (when the year's end is over)."""
    review = timezone.localdate(dinners.coming[0].starts_at)
    made = dinners.at(2).ends_at
    friday = ActionPlan.objects.create(
        alliance=alliance,
        theme=themes["vrijdag"],
        title="Op vrijdag een plek voor jongeren",
        text=FRIDAY,
        review_on=review,
        made_by=who["Yusuf"],
    )
    ActionPlan.objects.filter(pk=friday.pk).update(made_at=made)
    note(made, "made_plan", who["Yusuf"], friday)
    for name, (value, why) in {"Yusuf": ("agree", ""), **SAID}.items():
        Consent.objects.create(plan=friday, membership=who[name], value=value, why=why)
    calm_made, calm_seen = dinners.at("dec").ends_at, dinners.at("jan").ends_at
    ended = calm_seen > calm_made
    calm = ActionPlan.objects.create(
        alliance=alliance,
        theme=themes["vuurwerk"],
        title="Een rustig oud en nieuw",
        text=CALM,
        review_on=timezone.localdate(calm_seen) if ended else review,
        made_by=who["Wilma"],
        ended_at=calm_seen if ended else None,
        outcome="Het bleef rustig tot één uur. Volgend jaar staan we er tot twee uur." if ended else "",
    )
    ActionPlan.objects.filter(pk=calm.pk).update(made_at=calm_made)
    for name in who:
        Consent.objects.create(plan=calm, membership=who[name], value="live" if name == "Linda" else "agree")
    return friday


def _promise(
    alliance: Alliance, who: Who, dinners: Dinners, themes: Themes, promise: Promise, plan: ActionPlan | None
) -> None:
    evening, now = dinners.at(promise.at), timezone.now()
    made, day = evening.ends_at - timedelta(minutes=20), timezone.localdate(evening.starts_at)
    closed = _morning(day, promise.closed)
    state = promise.state if closed < now else OPEN
    agreement = Agreement.objects.create(
        alliance=alliance,
        meeting=evening,
        theme=themes.get(promise.theme),
        plan=plan,
        text=promise.text,
        due_on=_due(promise, day),
        state=state,
        outcome=promise.outcome if state != OPEN else "",
        made_by=who["Joost"],
        closed_at=closed if state != OPEN else None,
    )
    Agreement.objects.filter(pk=agreement.pk).update(made_at=made)
    note(made, "agreed", who["Joost"], agreement)
    for number, name in enumerate(promise.owners.split(), 1):
        yes = made if name not in (promise.silent, promise.refused) else None
        no = made + timedelta(days=2) if name == promise.refused else None
        Owner.objects.create(agreement=agreement, membership=who[name], number=number, yes_at=yes, no_at=no)
    if state != OPEN:
        note(closed, f"closed_{state}", who[(promise.owners or "Joost").split()[0]], agreement)


def _due(promise: Promise, day: date) -> date | None:
    if promise.due_in is not None:
        return timezone.localdate() + timedelta(days=promise.due_in)
    return day + timedelta(days=promise.due) if promise.due else None


def _morning(day: date, days: int) -> datetime:
    return moment(day + timedelta(days=days), time(10, 40))


def _ask(alliance: Alliance, who: Who, dinners: Dinners, themes: Themes) -> None:
    """To the mayor (an answer is promised), the housing corporation (answered) and the bus company (late)."""
    today = timezone.localdate()
    last, second, third = (timezone.localdate(dinners.at(key).starts_at) for key in (1, 2, 3))
    rows: Sequence[tuple[str, str, str, date, date, str, date | None]] = [
        (
            "De burgemeester",
            "Wilt u zelf in de buurt komen vertellen waarom de opvang hier komt? Liever aan tafel dan op een podium.",
            "opvang",
            last + timedelta(days=1),
            today + timedelta(days=9),
            "",
            None,
        ),
        (
            "De woningcorporatie",
            "Wanneer worden de deuren van de portieken gemaakt? Ze staan al een jaar open.",
            "deur",
            third + timedelta(days=6),
            third + timedelta(days=36),
            "Alle deuren zijn voor de winter gemaakt. Er komt een nummer dat ook ’s avonds werkt.",
            third + timedelta(days=33),
        ),
        (
            "Het busbedrijf",
            "Kan de laatste bus stoppen bij de flats? Mensen durven niet door de tunnel.",
            "licht",
            second + timedelta(days=6),
            min(today - timedelta(days=8), second + timedelta(days=60)),
            "",
            None,
        ),
    ]
    for to, text, theme, asked, promised, answer, answered in rows:
        question = JointQuestion.objects.create(
            alliance=alliance,
            theme=themes[theme],
            to=to,
            text=text,
            asked_on=min(asked, today),
            promised_on=promised,
            answer=answer,
            answered_on=answered,
            made_by=who["Joost"],
        )
        note(moment(min(asked, today), time(9)), "asked_together", who["Joost"], question)
