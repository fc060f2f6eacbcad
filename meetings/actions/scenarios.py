"""What if (stel dat): made with a theme, and changed by anybody at the table, also by two at once."""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from alliances.actions import record
from alliances.models import Membership
from alliances.policy import Refused, may_act_in, not_ended, require
from meetings.models import Scenario, Theme


class Clash(Refused):
    """Two people wrote something else in the same place. `theirs` is what the other one wrote, by field; `scenario` is
    the row as it is now. Nothing was saved, and nothing is lost: the form still has what this member typed.
    """

    def __init__(self, scenario: Scenario, theirs: Mapping[str, str]) -> None:
        super().__init__(
            _(
                "Somebody else changed this at the same time. Nothing is lost: what they wrote stands beside your own "
                "words. Make one text of it and save again."
            )
        )
        self.scenario = scenario
        self.theirs = dict(theirs)


@transaction.atomic
def make_scenario(*, theme: Theme, words: Mapping[str, str], by: Membership) -> Scenario:
    """Write down a what-if with a theme. `words`: by field (Scenario.WORDS)."""
    require(may_act_in(by, theme.alliance))
    not_ended(theme.alliance)
    said = {name: words.get(name, "") for name in Scenario.WORDS}
    made = Scenario.objects.create(theme=theme, made_by=by, edited_by=by, **said)
    record("made_scenario", alliance_id=theme.alliance_id, by=by, thing=made)
    return made


@transaction.atomic
def edit_scenario(
    *,
    scenario: Scenario,
    version: int,
    before: Mapping[str, str],
    words: Mapping[str, str],
    by: Membership,
    together: bool = False,
) -> Scenario:
    """Change a what-if, which this member saw with `version` and the words `before`.

    When somebody else saved meanwhile, what only one of the two changed is kept from that one, and the page asks
    everybody to read it once more (`merged`). Raises Clash when both changed the same field to something else; who
    makes one text of it afterwards says so with `together`.
    """
    require(may_act_in(by, scenario.theme.alliance))
    now = Scenario.objects.select_for_update().get(pk=scenario.pk)
    meanwhile = now.version != version
    written = {name: words.get(name, "") for name in Scenario.WORDS}
    if meanwhile:
        changed = {name for name in Scenario.WORDS if written[name] != before.get(name, "")}
        theirs = {
            name: getattr(now, name)
            for name in changed
            if getattr(now, name) not in (before.get(name, ""), written[name])
        }
        if theirs:
            raise Clash(now, theirs)
        written = {name: written[name] if name in changed else getattr(now, name) for name in Scenario.WORDS}
    for name, text in written.items():
        setattr(now, name, text)
    now.version, now.edited_by, now.merged = now.version + 1, by, meanwhile or together
    now.save()
    record("edited_scenario", alliance_id=scenario.theme.alliance_id, by=by, thing=now)
    return now
