"""What the table of ten saw and did at once: one urgent call of weeks ago, and one signal to keep an eye on."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta

from django.utils import timezone

from alliances import tokens
from alliances.models import Alliance, Membership
from meetings.models import Meeting, Theme
from meetings.timing import AMSTERDAM
from signals.models import Answer, Call, CallRecipient, TensionSignal


def raise_signals(
    alliance: Alliance, members: Sequence[Membership], themes: Mapping[str, Theme], coming: Meeting
) -> None:
    """One urgent call of weeks ago, answered and closed, and one signal to keep an eye on."""
    then = datetime.combine(timezone.localdate() - timedelta(days=40), time(21, 12), AMSTERDAM)
    signal = TensionSignal.objects.create(
        alliance=alliance,
        raised_by=members[2],
        text="Er staan veel jongeren bij de winkels. Er wordt geschreeuwd.",
        place="Bij de winkels",
        theme=themes["vrijdag"],
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
    seen = TensionSignal.objects.create(
        alliance=alliance,
        raised_by=members[5],
        text="Er hangen briefjes over de opvang in de hal van de flat.",
        place="De hal van de flat",
        when="Deze week",
        certainty="seen",
        level="watch",
        meeting=coming,
        theme=themes["opvang"],
    )
    TensionSignal.objects.filter(pk=seen.pk).update(raised_at=timezone.now() - timedelta(days=2, hours=3))
