"""Administration: structure in full, content not at all. Every write goes through an action."""

from typing import Any

from allauth.account.models import EmailAddress
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from alliances import actions
from alliances.actions import administering
from alliances.models import Alliance, Area, Coordination, HouseRules, Invitation, JournalEntry, Membership, User
from alliances.policy import Refused

admin.site.site_header = admin.site.site_title = _("Administration")
admin.site.unregister(Group)
admin.site.unregister(EmailAddress)  # addresses take a reason


def acting(request: HttpRequest) -> User:
    """The administrator. PermissionDenied for nobody."""
    if not request.user.is_authenticated:
        raise PermissionDenied
    return request.user


class Quiet:
    """Django's own log would keep names of what was changed; our journal keeps references, written by the actions."""

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        return None

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class ReadOnly(Quiet):
    """To look at."""

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Area)
class AreaAdmin(Quiet, admin.ModelAdmin[Area]):
    """Streets, neighbourhoods, districts, cities."""

    list_display = ["name", "level", "parent", "cbs_code"]
    list_filter = ["level"]
    list_select_related = ["parent"]
    search_fields = ["name", "cbs_code"]
    autocomplete_fields = ["parent"]

    def save_model(self, request: HttpRequest, obj: Area, form: forms.ModelForm[Area], change: bool) -> None:
        obj.cbs_code = obj.cbs_code or None
        administering.keep_area(area=obj, by=acting(request))


class SeatInline(ReadOnly, admin.TabularInline[Membership, Alliance]):
    """Who sits at the table: structure, to look at."""

    model = Membership
    fields = ("role", "user", "joined_at", "paused_until", "left_at")
    readonly_fields = ("role", "user", "joined_at", "paused_until", "left_at")
    extra = 0
    verbose_name_plural = _("seats")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Membership]:
        return super().get_queryset(request).select_related("user")


class InvitationInline(ReadOnly, admin.TabularInline[Invitation, Alliance]):
    """Invitations without names and addresses."""

    model = Invitation
    fields = ("role", "state", "way", "sent_at", "expires_at")
    readonly_fields = ("role", "state", "way", "sent_at", "expires_at")
    extra = 0


@admin.register(Alliance)
class AllianceAdmin(Quiet, admin.ModelAdmin[Alliance]):
    """Alliances. Founded by coordinators, paused and ended by their members: here only name and area change."""

    list_display = ["name", "area", "state", "members", "founded_at"]
    list_filter = ["state", "area__level"]
    list_select_related = ["area"]
    search_fields = ["name", "area__name", "area__cbs_code"]
    autocomplete_fields = ["area"]
    fields = ["name", "area", "state", "paused_until", "founded_at", "ended_at"]
    readonly_fields = ["state", "paused_until", "founded_at", "ended_at"]
    inlines = [SeatInline, InvitationInline]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Alliance]:
        return Alliance.objects.with_counts().select_related("area")

    @admin.display(description=_("seats taken"), ordering="members")
    def members(self, alliance: Alliance) -> int:
        return int(getattr(alliance, "members", 0))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Alliance, form: forms.ModelForm[Alliance], change: bool) -> None:
        administering.change_alliance(alliance=obj, area=obj.area, name=obj.name, by=acting(request))


@admin.register(Membership)
class MembershipAdmin(ReadOnly, admin.ModelAdmin[Membership]):
    """Seats, taken and left. Nobody is put in or taken out here: the members do that."""

    list_display = ["alliance", "role", "joined_at", "left_at", "paused_until"]
    list_filter = ["role", ("left_at", admin.EmptyFieldListFilter)]
    list_select_related = ["alliance"]
    search_fields = ["alliance__name", "user__name", "uuid"]
    fields = ["uuid", "alliance", "role", "user", "joined_at", "paused_until", "left_at", "house_rules", "pledged_at"]


@admin.register(Invitation)
class InvitationAdmin(ReadOnly, admin.ModelAdmin[Invitation]):
    """Invitations, without who was invited and where the link went; an administrator may revoke one."""

    list_display = ["alliance", "role", "state", "way", "sent_at", "expires_at"]
    list_filter = ["state", "role", "way"]
    list_select_related = ["alliance"]
    search_fields = ["alliance__name", "uuid"]
    fields = ["uuid", "alliance", "role", "state", "way", "sent_at", "opened_at", "ended_at", "expires_at"]
    actions = ["revoke"]

    @admin.action(description=_("Revoke the chosen invitations"), permissions=["view"])
    def revoke(self, request: HttpRequest, queryset: models.QuerySet[Invitation]) -> None:
        for invitation in queryset:
            try:
                actions.revoke(invitation=invitation, by=acting(request))
            except Refused as refused:
                self.message_user(request, refused.sentence, messages.WARNING)


@admin.register(Coordination)
class CoordinationAdmin(Quiet, admin.ModelAdmin[Coordination]):
    """Who founds and watches over alliances where."""

    list_display = ["area", "role", "user"]
    list_filter = ["role", "area__level"]
    list_select_related = ["area", "user"]
    search_fields = ["area__name", "user__name"]
    autocomplete_fields = ["user", "area"]

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return bool(request.user.is_authenticated and request.user.is_active and request.user.is_staff)

    def save_model(
        self, request: HttpRequest, obj: Coordination, form: forms.ModelForm[Coordination], change: bool
    ) -> None:
        made = administering.appoint(user=obj.user, area=obj.area, role=obj.role, by=acting(request))
        obj.pk = made.pk

    def delete_model(self, request: HttpRequest, obj: Coordination) -> None:
        administering.dismiss(coordination=obj, by=acting(request))

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[Coordination]) -> None:
        for coordination in queryset:
            self.delete_model(request, coordination)


@admin.register(HouseRules)
class HouseRulesAdmin(Quiet, admin.ModelAdmin[HouseRules]):
    """Versions of the house rules. A change is a new version: people accepted the words as they were."""

    list_display = ["version", "published_at"]
    fields = ["text_nl", "text_en"]

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def save_model(
        self, request: HttpRequest, obj: HouseRules, form: forms.ModelForm[HouseRules], change: bool
    ) -> None:
        made = administering.publish_rules(text_nl=obj.text_nl, text_en=obj.text_en, by=acting(request))
        obj.pk, obj.version = made.pk, made.version


class ReasonForm(forms.Form):
    """Why somebody's addresses are looked up."""

    reason = forms.CharField(label=_("Why do you need this?"), max_length=200, min_length=5)


@admin.register(User)
class UserAdmin(Quiet, admin.ModelAdmin[User]):
    """People: coordinators and administrators are made here, everybody else joins by invitation.

    Addresses are filled in when somebody is made; after that they are the person's own, and a look takes a reason.
    """

    list_display = ["name", "function_title", "is_active", "is_staff"]
    list_filter = ["is_staff", "is_active", ("coordinations", admin.EmptyFieldListFilter)]
    search_fields = ["name", "function_title", "uuid"]
    search_help_text = _("A name, a function or a reference. Addresses are not searched.")
    ordering = ["name"]

    def get_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        own = ["name", "function_title", "language", "is_active", "is_staff", "is_superuser"]
        return [*own, "addresses"] if obj else ["email", "mobile", *own]

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        return ["addresses"] if obj else []

    @admin.display(description=_("addresses"))
    def addresses(self, person: User) -> SafeString:
        return format_html(
            '<a href="{}">{}</a>',
            reverse("admin:alliances_user_addresses", args=[person.pk]),
            _("Show them, for a reason that is written down"),
        )

    def save_model(self, request: HttpRequest, obj: User, form: forms.ModelForm[User], change: bool) -> None:
        obj.clean()
        administering.keep_person(person=obj, by=acting(request))

    def get_urls(self) -> list[URLPattern]:
        own = path(
            "<int:pk>/adressen/", self.admin_site.admin_view(self.show_addresses), name="alliances_user_addresses"
        )
        return [own, *super().get_urls()]

    def show_addresses(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The addresses of one person, after a reason."""
        person = get_object_or_404(User, pk=pk)
        if not self.has_view_permission(request, person):
            raise PermissionDenied
        form = ReasonForm(request.POST if request.method == "POST" else None)
        found: list[str] = []
        if request.method == "POST" and form.is_valid():
            reason = form.cleaned_data["reason"]
            found = administering.look_up_addresses(person=person, reason=reason, by=acting(request))
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": _("Addresses"),
            "opts": User._meta,
            "person": person,
            "form": form,
            "found": found,
        }
        return TemplateResponse(request, "alliances/admin_addresses.html", context)


@admin.register(JournalEntry)
class JournalAdmin(ReadOnly, admin.ModelAdmin[JournalEntry]):
    """What happened, by reference: no names and no typed text in it."""

    list_display = ["at", "alliance", "actor_kind", "verb", "object_type"]
    list_filter = ["actor_kind", "verb"]
    list_select_related = ["alliance"]
    search_fields = ["alliance__name", "verb", "actor", "object"]
    search_help_text = _("A table, a verb or a reference.")
    date_hierarchy = "at"
    fields = ["id", "at", "alliance", "actor_kind", "actor", "verb", "object_type", "object"]
