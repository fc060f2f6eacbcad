"""What administrators see: messages and what became of them, never their text, their reader or an address. Of what came
in, the words of those whom nobody else can answer, and the last two digits of a number.
"""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from messaging.models import Delivery, Incoming, WorkerSeen


class ReadOnly:
    """History is read, not written."""

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly, admin.ModelAdmin[Delivery]):
    """Every attempt to send something, and why it failed."""

    list_display = ["due_at", "kind", "channel", "state", "attempt", "permanent", "error", "maybe_doubled"]
    list_filter = ["state", "channel", "permanent", "maybe_doubled", "message__kind"]
    list_select_related = ["message"]
    search_fields = ["id", "message__about", "provider_reference", "error"]
    search_help_text = _("A number (of the delivery, of what it is about, of the provider) or words of the error.")
    date_hierarchy = "due_at"
    fields = [
        "id",
        "kind",
        "channel",
        "state",
        "attempt",
        "due_at",
        "sent_at",
        "delivered_at",
        "failed_at",
        "permanent",
        "error",
        "provider",
        "provider_reference",
        "maybe_doubled",
    ]

    @admin.display(ordering="message__kind", description=_("kind"))
    def kind(self, delivery: Delivery) -> str:
        return delivery.message.kind


@admin.register(Incoming)
class IncomingAdmin(ReadOnly, admin.ModelAdmin[Incoming]):
    """What providers told us, and what became of it. What members answer is for their table and nobody else."""

    UNCLAIMED = (Incoming.Outcome.STRANGER, Incoming.Outcome.NOBODY_ASKED)

    list_display = ["received_at", "provider", "kind", "status", "outcome", "sender", "handled_at"]
    list_filter = ["kind", "outcome", "status", "provider"]
    search_fields = ["id", "reference", "provider_reference"]
    search_help_text = _("A number: ours or that of the provider.")
    date_hierarchy = "received_at"
    fields = [
        "id",
        "provider",
        "kind",
        "status",
        "outcome",
        "sender",
        "words",
        "reference",
        "provider_reference",
        "at",
        "received_at",
        "handled_at",
    ]

    @admin.display(ordering="address", description=_("from"))
    def sender(self, incoming: Incoming) -> str:
        return f"…{incoming.address[-2:]}" if incoming.address else ""

    @admin.display(description=_("text"))
    def words(self, incoming: Incoming) -> str:
        return incoming.text if incoming.outcome in self.UNCLAIMED else ""


@admin.register(WorkerSeen)
class WorkerSeenAdmin(ReadOnly, admin.ModelAdmin[WorkerSeen]):
    """Which workers are alive."""

    list_display = ["name", "seen_at", "swept_at"]
