"""People: one user for each person, who signs in with a code sent to a mail address or a mobile number."""

import uuid
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .places import Area

E164 = r"^\+[1-9]\d{6,14}$"


class Role(models.TextChoices):
    """The three roles in an alliance. They sit at one table: none outranks another."""

    POLICE = "police", _("police")
    MUNICIPALITY = "municipality", _("municipality")
    RESIDENT = "resident", _("resident")


class UserManager(BaseUserManager["User"]):
    """Makes users; nobody has a password."""

    def create_user(self, email: str | None = None, mobile: str | None = None, **fields: Any) -> "User":
        """Save a user with a mail address (stored in lower case), a mobile number (E.164), or both."""
        user = self.model(email=(email or "").lower() or None, mobile=mobile or None, **fields)
        user.set_unusable_password()
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, **fields: Any) -> "User":
        """Save an administrator. A password given is ignored: administrators too sign in with a code."""
        fields.pop("password", None)
        return self.create_user(email=email, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person: resident, professional, coordinator or administrator, or more than one of these."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("mail address"), unique=True, null=True, blank=True)
    mobile = models.CharField(_("mobile number"), max_length=16, unique=True, null=True, blank=True)
    name = models.CharField(_("name to be called by"), max_length=60)
    language = models.CharField(
        _("language"), max_length=5, default="nl", choices=[("nl", "Nederlands"), ("en", "English")]
    )
    function_title = models.CharField(_("function"), max_length=80, blank=True)
    recognition_word = models.CharField(_("recognition word"), max_length=24, blank=True)
    is_active = models.BooleanField(_("may sign in"), default=True)
    is_staff = models.BooleanField(_("administrator"), default=False)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name, verbose_name_plural = _("person"), _("people")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email__isnull=False) | models.Q(mobile__isnull=False),
                name="user_can_sign_in",
                violation_error_message=_("Give a mail address or a mobile number."),
            ),
            models.CheckConstraint(condition=~models.Q(email=""), name="user_email_null_not_empty"),
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="user_email_lower_case"),
            models.CheckConstraint(
                condition=models.Q(mobile__regex=E164),
                name="user_mobile_e164",
                violation_error_message=_("This is not a phone number that we can use."),
            ),
            models.UniqueConstraint(
                Lower("recognition_word"), condition=~models.Q(recognition_word=""), name="user_word_of_their_own"
            ),
        ]

    def __str__(self) -> str:
        return self.name or str(self.uuid)

    def clean(self) -> None:
        """Store an empty address as nothing, so that two people without one do not collide."""
        super().clean()
        self.email = (self.email or "").lower() or None
        self.mobile = self.mobile or None

    def get_short_name(self) -> str:
        """What the administration greets somebody with: not their address."""
        return self.name

    @property
    def initials(self) -> str:
        """Two letters for the seat in the drawing of the table."""
        parts = self.name.replace("-", " ").split()
        return (parts[0][:1] + parts[-1][:1]).upper() if len(parts) > 1 else self.name[:2].capitalize()


class Coordination(models.Model):
    """A user founds and watches over alliances in an area and all within it, and reads no content (method, rule 10)."""

    user = models.ForeignKey(User, models.CASCADE, related_name="coordinations")
    area = models.ForeignKey(Area, models.PROTECT, related_name="coordinations", verbose_name=_("area"))
    role = models.CharField(
        _("for"),
        max_length=16,
        choices=[(Role.POLICE.value, Role.POLICE.label), (Role.MUNICIPALITY.value, Role.MUNICIPALITY.label)],
    )
    on_duty = models.BooleanField(
        _("on duty"), default=False, help_text=_("Is told, in numbers only, when a table that wants it calls.")
    )

    class Meta:
        verbose_name, verbose_name_plural = _("coordinator"), _("coordinators")
        constraints = [
            models.UniqueConstraint(fields=["user", "area"], name="coordination_once"),
            models.CheckConstraint(condition=models.Q(role__in=["police", "municipality"]), name="coordination_role"),
        ]

    def __str__(self) -> str:
        return f"{self.area}: {self.get_role_display()}"
