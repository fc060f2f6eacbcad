"""The table of who gets what: every address of the site, every kind of user, and the status that they get.

A row says how the address is filled in, how it is asked (a verb with POST is posted with nothing in it, so that it does
as little as it can), and the status for each. `LOGIN` is a redirect to the page that asks who you are. A second row for
the same address names its thing between brackets.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils import timezone

from meetings.models import CalendarFeed, Scenario, SummaryChoice
from tests.acting import as_worker
from tests.cast import Cast, make_cast
from tests.make import (
    make_agreement,
    make_alliance,
    make_call,
    make_guest,
    make_invitation,
    make_meeting,
    make_signal,
    make_stand_in,
)
from tests.world import furnish

LOGIN = "login"
AT_THE_TABLE = ("resident", "police", "municipality", "coordinating_member")
EVERYBODY = ("nobody", "stranger", "neighbour", *AT_THE_TABLE, "coordinator", "administrator")
Status = int | str
Statuses = dict[str, Status]


@dataclass
class Scene:
    """The cast and one of each thing at their table; an open invitation to a table that is not full."""

    cast: Cast
    things: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        return self.things[name]


@as_worker()
def make_scene() -> Scene:
    """Make it. As the worker, who sees everything."""
    cast = make_cast()
    furnish(cast)
    table = cast.table
    fresh_table = make_alliance("Nieuw", area=cast.area, members=3, state="forming")
    link = make_invitation(fresh_table, name="Nieuwe buur")
    now = timezone.now()
    table.memberships.filter(user=cast.others[-1]).update(left_at=table.founded_at)  # a seat for the invitation
    call = table.calls.get()
    meeting = table.meetings.get()
    return Scene(
        cast,
        {
            "table": table,
            "meeting": meeting,
            "cancelled": (cancelled := make_meeting(table, kind="extra", state="cancelled")),
            "guest": meeting.guests.get(),
            "revoked_guest": make_guest(meeting, revoked_at=now),
            "guest_of_nothing": make_guest(cancelled),
            "agreement": table.agreements.get(),
            "closed_agreement": make_agreement(table, state="done", closed_at=now),
            "action_plan": table.action_plans.get(),
            "question": table.questions.get(),
            "unpolled": make_meeting(table, kind="extra"),
            "poll": meeting.polls.get(),
            "poll_seat": meeting.polls.get().seats.get(membership=cast.seat(cast.resident)),
            "attendance": meeting.attendances.get(membership=cast.seat(cast.resident)),
            "theme": table.themes.get(),
            "tension": table.tension_dates.get(),
            "scenario": Scenario.objects.get(theme__alliance=table),
            "talent": table.contributions.get(kind="talent"),
            "signal": table.signals.get(),
            "call": call,
            "recipient": call.recipients.get(membership=cast.seat(cast.resident)),
            "police_invitation": table.invitations.get(role="police"),
            "invitation": make_invitation(table, invited_by=cast.police),
            "proposal": table.proposals.get(),
            "link": link,
            "practice": make_call(
                make_signal(table, level="urgent", practice=True), practice=True, state="stopped", ended_at=now
            ),
            "stand_in": table.stand_ins.get(),
            "feed": CalendarFeed.objects.get(user=cast.resident),
            "summary_choice": SummaryChoice.objects.get(user=cast.resident),
            "asked": make_stand_in(
                table, role="municipality", named_by=cast.seat(cast.municipality), agreed_by=cast.seat(cast.police)
            ),
        },
    )


@dataclass(frozen=True)
class Row:
    """One address: the arguments of its name, how it is asked, and who gets which status."""

    statuses: Statuses
    arguments: Callable[[Scene], dict[str, Any]] = lambda _scene: {}
    method: str = "get"
    data: dict[str, str] = field(default_factory=dict)


Arguments = Callable[[Scene], dict[str, Any]]


def all_of(status: Status, **others: Status) -> Statuses:
    """The same for everybody, except those who are named."""
    return {**dict.fromkeys(EVERYBODY, status), **others}


def signed_in(status: Status, **others: Status) -> Statuses:
    """The same for everybody who is signed in."""
    return all_of(status, **{"nobody": LOGIN, **others})


def members(status: Status, **others: Status) -> Statuses:
    """What belongs to a table does not exist for who does not sit there (404, never 403)."""
    return {**signed_in(404), **dict.fromkeys(AT_THE_TABLE, status), **others}


def the(name: str, keyword: str = "uuid") -> Arguments:
    """The address of a thing in the scene."""
    return lambda scene: {keyword: getattr(scene, name).uuid}


def link(name: str) -> Arguments:
    """The address with the secret of a thing in the scene."""
    return lambda scene: {"token": getattr(scene, name).token}


def page(name: str, status: int = 200, **others: Status) -> Row:
    """A page of a table's thing, for who sits there."""
    return Row(members(status, **others), the(name))


def verb(name: str, status: int = 302, **others: Status) -> Row:
    """A verb of a table's thing, posted with nothing in it."""
    return Row(members(status, **others), the(name), "post")


def public(status: int = 200, arguments: Arguments = lambda _scene: {}, method: str = "get") -> Row:
    """What everybody gets alike: texts, and links that carry their own secret."""
    return Row(all_of(status), arguments, method)


def answer_for(scene: Scene) -> dict[str, Any]:
    return {"uuid": scene.call.uuid, "recipient": scene.recipient.uuid}


ROWS: dict[str, Row] = {
    # --- The front door -------------------------------------------------------------------------------------------
    "home": Row(signed_in(302, stranger=200)),  # to one's own table
    "health": public(),
    "set_language": public(302, method="post"),
    "account_login": Row({**all_of(302), "nobody": 200}),
    "account_request_login_code": Row({**all_of(302), "nobody": 200}),
    "account_confirm_login_code": Row(all_of(302)),  # nobody asked for a code
    "account_logout": Row(signed_in(200)),
    "account_inactive": public(),
    "alliances:house-rules": public(),
    "alliances:privacy": public(),
    "alliances:accessibility": public(),
    "alliances:card": public(),
    "alliances:worker": public(),
    "alliances:manifest": public(),
    "signals:help": public(),
    # --- Providers of messages: their signature is the key, and no person has it --------------------------------------
    **{f"messaging:{name}": public(403, method="post") for name in ("notify-receipt", "notify-reply", "twilio-reply")},
    **{
        f"messaging:twilio-{name}": public(403, lambda _scene: {"reference": UUID(int=0)}, "post")
        for name in ("sms-status", "call-status", "key")
    },
    # --- Joining: the link is the key -----------------------------------------------------------------------------
    "alliances:join": public(200, link("link")),
    "alliances:join-name": public(200, link("link")),
    "alliances:join-rules": Row(all_of(200, nobody=302), link("link")),  # first a name, for who has none yet
    "alliances:join-word": public(302, link("link")),
    "alliances:join-reach": public(302, link("link")),
    "alliances:join-code": public(302, link("link")),
    "alliances:join-resend": public(302, link("link"), "post"),
    "alliances:join-skip": public(302, link("link"), "post"),
    "alliances:join-decline": public(200, link("link"), "post"),
    "alliances:join-again": public(200, link("link"), "post"),
    # --- The table ------------------------------------------------------------------------------------------------
    "alliances:alliance": page("table"),
    "alliances:welcome": page("table"),
    "alliances:journal": page("table"),
    "alliances:desk": page("table"),
    "alliances:invite": page("table"),
    "alliances:pause": page("table"),
    "alliances:pledge": page("table"),
    "alliances:resume": verb("table"),
    "alliances:resume-table": verb("table"),
    "alliances:leave": page("table"),
    "alliances:proposals": page("table"),
    "alliances:propose": page("table"),
    "alliances:proposal-answer": Row(members(403), the("proposal"), "post", {"text": "Nee."}),  # not about them
    "alliances:proposal-agree": verb("proposal", police=403),  # who proposed it
    "alliances:proposal-withdraw": verb("proposal", 403, police=302),
    # Stand-ins: a professional names one, who sits there decides, the link is for the colleague.
    "alliances:stand-ins": page("table"),
    "alliances:stand-in-name": page("table", 403, police=200, municipality=200),
    "alliances:stand-in-agree": verb("stand_in", police=403),
    "alliances:stand-in-again": verb("asked"),
    "alliances:stand-in-end": verb("stand_in"),
    "alliances:stand-in-asked": public(200, link("asked")),
    "alliances:stand-in-accept": public(422, link("asked"), "post"),
    "alliances:stand-in-decline": public(200, link("asked"), "post"),
    # Invitations: residents are between the members, the two professionals also concern who coordinates.
    "alliances:invitation": page("invitation"),
    "alliances:invitation (police)": page("police_invitation", coordinator=200),
    "alliances:invitation-renew (police)": verb("police_invitation", 403, coordinator=302),
    "alliances:invitation-letter": page("invitation"),
    "alliances:invitation-renew": verb("invitation"),
    "alliances:invitation-nudge": verb("invitation"),
    "alliances:invitation-revoke": verb("invitation"),
    # --- Me -------------------------------------------------------------------------------------------------------
    "alliances:me": Row(signed_in(200)),
    "alliances:me-add": Row(signed_in(200), lambda _scene: {"kind": "landline"}),
    "alliances:me-code": Row(signed_in(302)),
    "alliances:me-agree": Row(signed_in(404), the("table"), "post"),  # of somebody else
    "alliances:me-remove": Row(signed_in(404), the("table"), "post"),
    "alliances:me-quiet": Row(signed_in(200)),
    "alliances:me-code-again": Row(signed_in(302), method="post"),
    "alliances:me-move": Row(signed_in(404), the("table"), "post"),
    "alliances:me-test": Row(signed_in(404), the("table"), "post"),
    "alliances:me-prove": Row(signed_in(404), the("table"), "post"),
    "alliances:me-text-again": Row(signed_in(404), the("table"), "post"),
    "alliances:me-device": Row(signed_in(200)),
    "alliances:me-sign-out-elsewhere": Row(signed_in(302), method="post"),
    # --- Coordinating ---------------------------------------------------------------------------------------------
    "alliances:coordination": Row(signed_in(403, coordinator=200, coordinating_member=200)),
    "alliances:found": Row(signed_in(403, coordinator=200, coordinating_member=200)),
    "alliances:duty": Row(signed_in(404, coordinator=302), lambda scene: {"uuid": scene.cast.city.uuid}, "post"),
    "alliances:coordinated": Row(signed_in(404, coordinator=200), the("table")),
    "alliances:coordinated-invite": Row(
        signed_in(404, coordinator=200), lambda scene: {"uuid": scene.table.uuid, "role": "police"}
    ),
    # --- The year and its dinners ---------------------------------------------------------------------------------
    "meetings:year": page("table"),
    "meetings:plan": page("table"),
    "meetings:plan-shift": verb("table", 303),
    "meetings:plan-last-year": verb("table", 303),
    "meetings:habits": page("table"),
    "meetings:tension": page("table"),
    "meetings:tension-hide": verb("table", 303),
    "meetings:tension-show": verb("table", 303),
    "meetings:tension-remove": verb("tension", 303),
    "meetings:extra": page("table"),
    "meetings:meeting": page("meeting"),
    "meetings:edit": page("meeting"),
    "meetings:attend": verb("meeting", 303),
    "meetings:host": verb("meeting", 303),
    "meetings:unhost": verb("meeting", 403, police=303),
    "meetings:cancel": page("meeting"),
    "meetings:restore": verb("cancelled", 303),
    "meetings:agenda": page("meeting"),
    "meetings:minutes": page("meeting"),
    "meetings:evening": page("meeting"),
    "meetings:present": verb("meeting", 303),  # nobody was tapped
    "meetings:food": page("meeting"),
    "meetings:dish": page("meeting"),
    "meetings:thanks": page("meeting"),
    "meetings:guests": page("meeting"),
    "meetings:guest-revoke": Row(
        members(303), lambda scene: {"uuid": scene.meeting.uuid, "guest": scene.guest.uuid}, "post"
    ),
    "meetings:guest": public(200, link("guest")),
    "meetings:guest [revoked]": public(410, link("revoked_guest")),
    "meetings:guest [off]": public(410, link("guest_of_nothing")),
    "meetings:guest [unknown]": public(404, lambda _scene: {"token": "abcdefghijkm"}),
    "meetings:ics": page("meeting"),
    # One's own calendar, the address it looks at, and the monthly summary.
    "meetings:calendar": Row(signed_in(200)),
    "meetings:calendar-new": Row(signed_in(303), method="post"),
    "meetings:calendar-end": Row(signed_in(303), method="post"),
    "meetings:feed": public(200, link("feed")),
    "meetings:feed [unknown]": public(404, lambda _scene: {"token": "abcdefghijkm"}),
    "meetings:news": page("table"),
    "meetings:stop": public(200, link("summary_choice")),
    "meetings:stop [unknown]": public(404, lambda _scene: {"token": "abcdefghijkm"}),
    "meetings:answer": public(200, link("attendance")),
    "meetings:answer-saved": public(302, link("attendance")),  # nothing was answered
    "meetings:answer-ics": public(200, link("attendance")),
    # Date polls: where one is open, asking again leads there.
    "meetings:poll-new": page("unpolled"),
    "meetings:poll-new (open)": page("meeting", 302),
    "meetings:poll": page("poll"),
    "meetings:poll-choose": verb("poll", 303),
    "meetings:poll-stop": verb("poll", 303),
    "meetings:poll-answer": public(200, link("poll_seat")),
    # --- Agreements, plans, questions, reports ---------------------------------------------------------------------
    "meetings:report": page("meeting"),
    "meetings:report-share": verb("meeting", 303),  # shared before: says so
    "meetings:report-right": verb("meeting", 303),
    "meetings:report-better": Row(members(200), lambda scene: {"uuid": scene.meeting.uuid, "line": "agreed"}),
    "meetings:agreements": page("table"),
    "meetings:agreement-new": page("table"),
    "meetings:seat": page("table"),
    "meetings:agreement": page("agreement"),
    "meetings:agreement-change": page("agreement"),
    "meetings:agreement-yes": verb("agreement", 403, police=303),  # the owner alone
    "meetings:agreement-no": verb("agreement", 403, police=303),
    "meetings:agreement-done": page("agreement"),
    "meetings:agreement-failed": page("agreement"),
    "meetings:agreement-dropped": page("agreement"),
    "meetings:agreement-reopen": verb("closed_agreement", 303),
    "meetings:plans-of-action": page("table"),
    "meetings:plan-of-action-new": page("table"),
    "meetings:plan-of-action": page("action_plan"),
    "meetings:plan-of-action-change": page("action_plan"),
    "meetings:plan-of-action-end": page("action_plan"),
    "meetings:questions": page("table"),
    "meetings:question-new": page("table"),
    "meetings:question": page("question"),
    "meetings:question-answer": page("question"),
    "meetings:question-promise": verb("question", 303),
    # --- Themes ---------------------------------------------------------------------------------------------------
    "meetings:themes": page("table"),
    "meetings:theme-new": page("table"),
    "meetings:theme": page("theme"),
    "meetings:theme-agenda": verb("theme", 422),
    "meetings:theme-off": verb("theme", 303),
    "meetings:theme-discussed": verb("theme", 303),
    "meetings:theme-feedback": page("theme"),
    "meetings:theme-rest": page("theme"),
    # Points, contributions, what-ifs.
    "meetings:theme-recognise": verb("theme"),  # neither yes nor no
    "meetings:theme-talent": page("theme"),
    "meetings:theme-talent-back": Row(
        members(404, police=303),  # one's own
        lambda scene: {"uuid": scene.theme.uuid, "talent": scene.talent.uuid},
        "post",
    ),
    "meetings:theme-scenario-new": page("theme"),
    "meetings:theme-scenario": page("scenario"),
    "meetings:theme-scenario-edit": page("scenario"),
    "meetings:points": page("meeting"),
    "meetings:point-give": verb("meeting", 303),
    "meetings:point-take": verb("meeting", 303),
    "meetings:brings": page("meeting", 403, police=200, municipality=200),
    # --- Signals and calls ----------------------------------------------------------------------------------------
    "signals:list": page("table"),
    "signals:raise": page("table"),
    "signals:raise-step": Row(members(200), lambda scene: {"uuid": scene.table.uuid, "step": 1}),
    "signals:raise-review": page("table", 302),  # nothing was written yet
    "signals:raise-send": verb("table"),
    "signals:ladders": page("table"),
    "signals:ladder": Row(members(200), lambda scene: {"uuid": scene.table.uuid, "pace": "nu"}),
    "signals:ladder-reset": Row(members(302), lambda scene: {"uuid": scene.table.uuid, "pace": "nu"}, "post"),
    "signals:practise": page("table"),
    "signals:practice-result": page("practice"),
    "signals:signal": page("signal"),
    "signals:close": page("signal"),
    "signals:call": page("call"),
    "signals:call-pulse": page("call"),
    "signals:call-answer": verb("call"),
    "signals:call-answer-for": Row(members(200), answer_for),
    "signals:call-mistake": verb("call", 403),  # made by nobody here
    "signals:call-stop": verb("call"),
    "signals:call-good": verb("call"),
    "signals:call-log": page("call"),
    "signals:call-log-file": page("call"),
    "signals:answer": public(200, link("recipient")),
    "signals:answer-save": public(302, link("recipient"), "post"),
    "signals:answer-saved": public(200, link("recipient")),
    "signals:answer-good": public(302, link("recipient"), "post"),
}

# --- The admin: one row for each model ------------------------------------------------------------------------------
# What an administrator gets. For all others the admin's sign-in stands before it, which turns them away.
LOOK = {"changelist": 200, "add": 403, "change": 200, "delete": 403, "history": 200}
KEEP = {**LOOK, "add": 200}  # and change: what may be removed says so
ADMIN: dict[str, dict[str, int]] = {
    "alliances.Alliance": LOOK,
    "alliances.Area": KEEP,
    "alliances.Coordination": {**KEEP, "delete": 200},
    "alliances.HouseRules": KEEP,
    "alliances.Invitation": LOOK,
    "alliances.JournalEntry": LOOK,
    "alliances.Membership": LOOK,
    "alliances.User": KEEP,
    "meetings.ThemeCategory": KEEP,
    "messaging.Delivery": LOOK,
    "messaging.Incoming": LOOK,
    "messaging.WorkerSeen": LOOK,
    "signals.Call": LOOK,
}
# The addresses of the admin itself.
ADMIN_ITSELF: dict[str, int] = {
    "index": 200,
    "jsi18n": 200,
    "login": 302,
    "logout": 405,
    "password_change": 200,  # changes nothing: nobody signs in with a password
    "password_change_done": 200,
    "autocomplete": 403,  # of nothing
}
ADMIN_WITH_ARGUMENTS = {
    "alliances_user_addresses",  # tests/alliances/test_admin.py
    "app_list",  # part of the index
    "view_on_site",  # a redirect to a page that has its own row; no model has one
}
