"""Which evening is best, what to propose, and until when to ask: pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from alliances.models import Role
from meetings.models import PollVote
from meetings.timing import AMSTERDAM, WEEK, Evening, kept_free

AT_LEAST, AT_MOST = 2, 8  # evenings in a poll
PROPOSED = 4
WEEKS_AROUND = 4
NOTICE = timedelta(days=3)  # nobody makes room for tomorrow
ASK_FOR = timedelta(days=7)
BEFORE_FIRST = timedelta(days=2)  # so that everybody still hears the result in time
SHORTEST = timedelta(hours=6)

CAN = (PollVote.Value.YES, PollVote.Value.IF_NEED_BE)
PROFESSIONALS = (Role.POLICE, Role.MUNICIPALITY)


@dataclass(frozen=True)
class Said:
    """What one member at the table says of one evening: a role, and yes, if need be or no."""

    role: str
    value: str


@dataclass(frozen=True)
class Choice:
    """One evening of a poll with what was said of it, by those who sit at the table now."""

    starts_at: datetime
    said: Sequence[Said] = ()

    def count(self, value: str) -> int:
        """How many members say this."""
        return sum(each.value == value for each in self.said)

    @property
    def both_professionals(self) -> bool:
        """Whether police and municipality can both be there, if need be."""
        return {each.role for each in self.said if each.value in CAN} >= set(PROFESSIONALS)

    def nobody_can(self, seated: Mapping[str, int]) -> list[str]:
        """The professions of which everybody who sits at the table said no; `seated` is how many there are of each."""
        noes = [each.role for each in self.said if each.value == PollVote.Value.NO]
        return [role for role in PROFESSIONALS if 0 < seated.get(role, 0) <= noes.count(role)]


def best(choices: Collection[Choice]) -> Choice | None:
    """The evening to choose: most yes, then fewest no, then with both professionals, then the earliest.

    None when nobody said yes to any: then people decide, not the clock.
    """
    wanted = [choice for choice in choices if choice.count(PollVote.Value.YES)]
    return min(wanted, key=_rank, default=None)


def _rank(choice: Choice) -> tuple[int, int, bool, datetime]:
    yes, no = choice.count(PollVote.Value.YES), choice.count(PollVote.Value.NO)
    return -yes, no, not choice.both_professionals, choice.starts_at


def propose_evenings(own: Evening, weekday: int, today: date, taken: Collection[date]) -> list[Evening]:
    """Evenings for a poll about one meeting: its own, and the usual weekday in the weeks around it, the nearest first
    chosen, in order.

    `weekday` as in `date.weekday()`; `taken` are days of other meetings. Not within three days, nor on days that
    people keep free; the own evening stays in whatever the day is, while there is time.
    """
    usual = own.day + timedelta(days=(weekday - own.day.weekday() + 3) % 7 - 3)  # the nearest such day
    around = [usual + weeks * WEEK for weeks in range(-WEEKS_AROUND, WEEKS_AROUND + 1)]
    free = [day for day in around if day != own.day and day not in taken and not kept_free(day)]
    days = sorted(free, key=lambda day: (abs(day - own.day), day))
    soon = today + NOTICE
    chosen = [day for day in [own.day, *days] if day >= soon][:PROPOSED]
    return [Evening(day, own.begin, own.end) for day in sorted(chosen)]


def closing(first: datetime, at: datetime) -> datetime:
    """Until when people can answer when nothing else is said: a week, or until two days before the first evening; half
    of the time that is left when even that is short. Whole hours; aware, in Amsterdam.
    """
    latest = first - BEFORE_FIRST
    if latest < at + SHORTEST:
        latest = at + (first - at) / 2
    until = min(at + ASK_FOR, latest).astimezone(AMSTERDAM)
    hour = until.replace(minute=0, second=0, microsecond=0)
    return hour if hour > at else until
