"""A ladder in words and pictures: what each step does, who it reaches, who is enough. Pure, in the reader's language.

Times are seconds after the start of a call.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from .headline import listed, roles_in_words
from .ladder import CALL_LIST, CHANNELS, DUTY, MAIL, PUSH, SMS, STAND_IN, VOICE, Step, reserve_of
from .models import Ladder

ICONS = {
    PUSH: "device-mobile",
    MAIL: "mail",
    SMS: "message-2",
    VOICE: "phone-call",
    CALL_LIST: "list-check",
    STAND_IN: "replace",
    DUTY: "user-check",
}
NAMES: dict[str, str | Promise] = {
    PUSH: gettext_lazy("a message on the phone"),
    MAIL: gettext_lazy("a mail"),
    SMS: gettext_lazy("a text message"),
    VOICE: gettext_lazy("a phone call by the computer"),
}
TITLES: dict[str, str | Promise] = {
    Ladder.Pace.NOW: gettext_lazy("Urgent, now"),
    Ladder.Pace.LATER: gettext_lazy("Urgent, today or within 48 hours"),
    Ladder.Pace.WORRY: pgettext_lazy("level", "Worry"),
}
HOUR, MINUTE = 3600, 60


@dataclass(frozen=True)
class Line:
    """One thing that a step does, with its icon."""

    icon: str
    text: str


@dataclass(frozen=True)
class Rung:
    """A step of the ladder as it is drawn."""

    when: str
    icon: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Person:
    """Somebody who would be called: the channels that reach them now, and what is wrong with those."""

    name: str
    role: str
    channels: frozenset[str] = frozenset()
    phones: bool = False
    stopped: bool = False
    failing: bool = False
    on_break: bool = False
    me: bool = False

    @property
    def silent_line(self) -> bool:
        """Whether no message of ours arrives: only the members' own phone calls do, or nothing."""
        return not self.channels & {PUSH, MAIL, SMS}


@dataclass(frozen=True)
class Turn:
    """When somebody is asked, and by which ways."""

    when: str
    ways: tuple[Line, ...]


@dataclass(frozen=True)
class Forecast:
    """Who would be called when: the turns of one person, and what to know about it."""

    person: Person
    turns: tuple[Turn, ...]
    notes: tuple[str, ...]
    lacks: str = ""


def unit_of(seconds: int) -> tuple[int, str]:
    """The number and the largest unit (hours, minutes, seconds) that say this time in whole numbers."""
    if seconds and seconds % HOUR == 0:
        return seconds // HOUR, "hours"
    if seconds and seconds % MINUTE == 0:
        return seconds // MINUTE, "minutes"
    return seconds, "seconds"


def lasting(seconds: int) -> str:
    """A duration in words: 2 minutes."""
    number, unit = unit_of(seconds)
    if unit == "hours":
        return ngettext("%(n)d hour", "%(n)d hours", number) % {"n": number}
    if unit == "minutes":
        return ngettext("%(n)d minute", "%(n)d minutes", number) % {"n": number}
    return ngettext("%(n)d second", "%(n)d seconds", number) % {"n": number}


def when(seconds: int) -> str:
    """The moment of a step: "At once", or "After 2 minutes"."""
    return _("After %(time)s") % {"time": lasting(seconds)} if seconds else _("At once")


def rungs(steps: Sequence[Step]) -> list[Rung]:
    """The ladder, step by step."""
    drawn, used = [], set[str]()
    for number, step in enumerate(steps):
        lines = tuple(_lines(step, used, first=number == 0))
        drawn.append(Rung(when(step.after), _mark(step, first=number == 0), lines))
        used |= set(step.ways)
    return drawn


def _mark(step: Step, *, first: bool) -> str:
    """The icon of a step: that of its strongest way."""
    strongest = next((way for way in (STAND_IN, CALL_LIST, VOICE, SMS, MAIL, PUSH, DUTY) if way in step.ways), PUSH)
    return "bell-ringing" if first else ICONS[strongest]


def _lines(step: Step, used: set[str], *, first: bool) -> Iterable[Line]:
    written = [way for way in (PUSH, MAIL, SMS) if way in step.ways]
    if first and VOICE in step.ways:
        written.append(VOICE)
    if written:
        ways = listed([str(NAMES[way]) for way in written])
        if first:
            said = _("Everybody gets %(ways)s.")
        elif set(written) <= used:
            said = _("Who is silent gets %(ways)s again.")
        else:
            said = _("Who is silent also gets %(ways)s.")
        yield Line(ICONS[written[-1]], said % {"ways": ways})
    if VOICE in step.ways and not first:
        again, once = _("The computer phones who is silent once more."), _("The computer phones who is silent.")
        yield Line(ICONS[VOICE], again if VOICE in used else once)
    if CALL_LIST in step.ways:
        yield Line(ICONS[CALL_LIST], _("The call list opens: you all see whom you can phone."))
    if STAND_IN in step.ways:
        yield Line(ICONS[STAND_IN], _("Police or municipality still silent? Then we call the stand-in."))
    if DUTY in step.ways:
        yield Line(ICONS[DUTY], _("The coordinator on duty hears how many people answered, and nothing else."))


def enough(needed: Mapping[str, int]) -> str:
    """Who must come: "Enough is: the police and 3 residents." Empty for a call that asks nobody to come."""
    return _("Enough is: %(who)s.") % {"who": roles_in_words(needed.items())} if needed else ""


def forecast(steps: Sequence[Step], people: Iterable[Person], *, on: Collection[str]) -> list[Forecast]:
    """Who would be called when, by the channels that are `on` here. Who cannot be reached comes first, the others keep
    their order.
    """
    found = [
        Forecast(person, _turns(steps, person), _notes(steps, person), _lacks(steps, person, on)) for person in people
    ]
    return sorted(found, key=lambda one: bool(one.turns) or one.person.on_break)


def switched_off(steps: Sequence[Step], on: Collection[str]) -> str:
    """The ways of this ladder that this house cannot send by, in words; empty when there are none."""
    asked = {way for step in steps for way in step.ways}
    off = [str(CHANNELS[way].label) for way in (MAIL, SMS, PUSH, VOICE) if way in asked and way not in on]
    return _("Not set up here yet: %(ways)s.") % {"ways": listed(off)} if off else ""


def _turns(steps: Sequence[Step], person: Person) -> tuple[Turn, ...]:
    if person.on_break:
        return ()
    turns = []
    for number, step in enumerate(steps):
        ways = [way for way in step.ways if way in CHANNELS and way in person.channels]
        if number == 0 and not ways:  # somebody must be asked at once: the first of the reserve
            ways = [channel.value for channel in reserve_of(steps) if channel in person.channels][:1]
        if ways:
            turns.append(Turn(when(step.after), tuple(Line(ICONS[way], str(CHANNELS[way].label)) for way in ways)))
    return tuple(turns)


def _notes(steps: Sequence[Step], person: Person) -> tuple[str, ...]:
    if person.on_break:
        return (_("Has a break, and is not called."),)
    notes = []
    if person.silent_line and person.phones:
        notes.append(_("Gets no message. On top of the call list: phone this person first."))
    elif not _turns(steps, person):
        notes.append(_("Cannot be reached. Tell each other in another way."))
    if person.stopped:
        notes.append(_("Texted STOP, so gets no text messages."))
    if person.failing:
        notes.append(_("Something did not arrive the last time."))
    return tuple(notes)


def _lacks(steps: Sequence[Step], person: Person, on: Collection[str]) -> str:
    """By which ways of the ladder this person is not reached, while others may be."""
    if person.on_break or person.silent_line:
        return ""
    asked = {way for step in steps for way in step.ways}
    ways = [way for way in (MAIL, SMS, VOICE) if way in asked and way in on and way not in person.channels]
    if person.stopped and SMS in ways:
        ways.remove(SMS)  # said already
    return _("Not by: %(ways)s.") % {"ways": listed([str(CHANNELS[way].label) for way in ways])} if ways else ""
