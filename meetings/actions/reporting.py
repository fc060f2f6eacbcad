"""The report of an evening: written together, shared, bettered for seven days, then final. Nothing typed is lost."""

from collections.abc import Mapping
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from alliances.actions import record
from alliances.models import Membership
from alliances.policy import Refused, may_act_in, require
from meetings.models import Attendance, Correction, Meeting, Report, ReportYes
from messaging.actions import post

OPEN_FOR = timedelta(days=7)
LINES: tuple[str, ...] = tuple(Report.Line.values)


class Overtaken(Exception):
    """Somebody else changed the same line since the reader's page was made; nothing was written.

    `lines`: what stands in each of those lines now, so that the page can show both texts.
    """

    def __init__(self, lines: Mapping[str, str]) -> None:
        super().__init__(", ".join(lines))
        self.lines = dict(lines)


@transaction.atomic
def write_report(*, meeting: Meeting, texts: Mapping[str, str], began: Mapping[str, str], by: Membership) -> Report:
    """Write lines of the report before it is shared; any member may, two at once too.

    `texts` and `began` by line: what was typed, and the words it started from. A line that was not touched stays what
    somebody else made of it; one that both changed raises Overtaken. Words of somebody else stay readable when they
    are changed. Raises Refused before the evening has begun, when it was off, and once the report is shared.
    """
    require(may_act_in(by, meeting.alliance))
    if meeting.state == Meeting.State.CANCELLED or meeting.starts_at > timezone.now():
        raise Refused(_("There is no report yet: first we eat together."))
    Report.objects.get_or_create(meeting=meeting, defaults={"written_by": by})
    report = _locked(meeting)
    if report.shared_at:
        raise Refused(_("Somebody shared this report in the meantime. You can better each line on its page."))
    new = {line: texts[line] for line in LINES if texts[line] not in (getattr(report, line), began.get(line, ""))}
    overtaken = {line: getattr(report, line) for line in new if getattr(report, line) != began.get(line, "")}
    if overtaken:
        raise Overtaken(overtaken)
    _keep_words_of_others(report, new, by)
    for line, text in new.items():
        setattr(report, line, text)
    if new:
        report.save(update_fields=list(new))
        record("wrote_report", alliance_id=meeting.alliance_id, by=by, thing=report)
    return report


@transaction.atomic
def share_report(*, meeting: Meeting, by: Membership) -> Report:
    """Show it to everybody: one message to each member who takes part now, but not to `by`. Final seven days later.

    Raises Refused when there is nothing in it, when it was shared before, and while the alliance pauses or has ended.
    """
    require(may_act_in(by, meeting.alliance))
    report = _locked(meeting)
    if not meeting.alliance.works:
        raise Refused(_("This alliance pauses or has ended, so nothing is sent now. Share it afterwards."))
    if report.shared_at:
        raise Refused(_("This report has been shared already."))
    if not any(getattr(report, line) for line in LINES):
        raise Refused(_("Write at least one line first."))
    report.shared_at = timezone.now()
    report.final_at = report.shared_at + OPEN_FOR
    report.save(update_fields=["shared_at", "final_at"])
    record("shared_report", alliance_id=meeting.alliance_id, by=by, thing=report)
    _tell(report, meeting, by)
    return report


@transaction.atomic
def better_line(*, meeting: Meeting, line: str, text: str, began: str, by: Membership) -> Report:
    """Somebody who was there writes a line as it was. The old words stay readable, and the others are asked anew.

    `began` are the words that the form started from: raises Overtaken when somebody else changed them meanwhile.
    Raises Refused when the report is final or not shared, and PermissionDenied for who was not there.
    """
    require(may_act_in(by, meeting.alliance) and by.pk in witnesses(meeting))
    report = _locked(meeting)
    _open(report)
    now = getattr(report, line)
    if text == now:
        return report
    if now != began:
        raise Overtaken({line: now})
    Correction.objects.create(report=report, line=line, before=now, after=text, by=by)
    setattr(report, line, text)
    report.save(update_fields=[line])
    report.yeses.exclude(membership=by).delete()  # they said yes to other words
    record("bettered_report", alliance_id=meeting.alliance_id, by=by, thing=report)
    return report


@transaction.atomic
def say_right(*, meeting: Meeting, by: Membership) -> None:
    """Somebody who was there says that the report is right; twice is once. Raises Refused like `better_line`."""
    require(may_act_in(by, meeting.alliance) and by.pk in witnesses(meeting))
    report = _locked(meeting)
    _open(report)
    ReportYes.objects.get_or_create(report=report, membership=by)
    record("said_right", alliance_id=meeting.alliance_id, by=by, thing=report)


def witnesses(meeting: Meeting) -> set[int]:
    """The keys of the seats that were there: who was ticked; when nobody was, who said they come; else every member.

    One query, except for that last case.
    """
    rows = list(meeting.attendances.of_members().values_list("membership_id", "present", "answer"))
    ticked = {member for member, present, _answer in rows if present}
    coming = {member for member, present, answer in rows if answer == Attendance.Answer.COMING and present is not False}
    if ticked or coming:
        return ticked or coming
    return set(Membership.objects.active().filter(alliance=meeting.alliance_id).values_list("pk", flat=True))


def _tell(report: Report, meeting: Meeting, by: Membership) -> None:
    at = timezone.now()
    link = settings.SITE_URL + reverse("meetings:report", args=[meeting.uuid])
    members = Membership.objects.at_hand(at).filter(alliance=meeting.alliance_id).select_related("user")
    for member in members.exclude(pk=by.pk):
        post(
            kind="report_shared",
            user=member.user,
            about=report.uuid,
            context={"link": link, "until": timezone.localtime(report.final_at).date()},
            dedupe_key=f"report:{report.uuid}:{member.uuid}",
            quiet=True,
            expires_at=report.final_at,
        )


def _locked(meeting: Meeting) -> Report:
    """The report as it is now, held until the end, so that two who write follow each other. Raises Refused without."""
    report = Report.objects.select_for_update(of=("self",)).filter(meeting=meeting).first()
    if report is None:
        raise Refused(_("Write at least one line first."))
    return report


def _open(report: Report) -> None:
    if report.shared_at is None or report.final_at is None:
        raise Refused(_("This report has not been shared yet."))
    if report.final_at <= timezone.now():
        raise Refused(_("This report is final: seven days have passed. Say it at the next evening."))


def _keep_words_of_others(report: Report, new: Mapping[str, str], by: Membership) -> None:
    """A line of somebody else that changes is kept beside it; and who added to somebody else's report is named."""
    last = dict(report.corrections.order_by("at").values_list("line", "by"))
    for line, text in new.items():
        if last.get(line, report.written_by_id) != by.pk:
            before = getattr(report, line)
            Correction.objects.create(report=report, line=line, before=before, after=text, by=by)
