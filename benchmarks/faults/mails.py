"""The mail server: refusing, hanging, cutting, bouncing."""

from typing import ClassVar

from .channels import Bad
from .table import MAIL, VOICE, Person, Table


class MailRefused(Bad):
    """No mail for four seconds: nobody gets in at all."""

    name = "mail refused"
    channel, mode, code = MAIL, "refuse", 421


class MailHangs(Bad):
    name = "mail hangs"
    channel, mode = MAIL, "hang"
    others_within: ClassVar[float | None] = 1.0


class MailHangsForOne(Bad):
    """The mail server hangs for one person of each table: the mail of all others goes on."""

    name = "mail hangs for one person"
    channel, mode = MAIL, "hang"
    each = True
    others_within: ClassVar[float | None] = 1.0

    def hits(self, table: Table, person: Person) -> bool:
        return person is table.people[-1]


class Mail4xx(Bad):
    """Every mailbox is busy for a while."""

    name = "mail 4xx"
    channel, mode, code = MAIL, "refuse", 450
    each = True


class Mail5xx(Bad):
    """No mailbox exists: that is for good, and the next way is taken at once."""

    name = "mail 5xx"
    channel, mode, code = MAIL, "refuse", 550
    each, for_ever, instead = True, True, VOICE


class MailCut(Bad):
    """The connection breaks after the text was given: the mail was taken, and nobody can know."""

    name = "mail cut after DATA"
    channel, mode = MAIL, "cut"


class MailBounces(Bad):
    """Taken, and a second later returned: it never arrived, and the next way is taken."""

    name = "mail bounces late"
    channel, mode, seconds = MAIL, "bounce", 1.0
    each, for_ever, instead, taken = True, True, VOICE, True
    settings = {"MAIL_PROVIDERS": "notify"}
