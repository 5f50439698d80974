"""People who log in, and the automatic SIP agents that answer test calls.

A user has exactly one role; each role may do all that the one below it may.
``User.pk`` as a string is the agent id of the routing engine.
"""

from __future__ import annotations

from typing import Any, Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from allo.data.models.team import Team


class Role(models.TextChoices):
    """What a person may see and do."""

    AGENT = "agent", _("Agent")
    TEAM_LEADER = "team_leader", _("Team leader")
    ADMINISTRATOR = "administrator", _("Administrator")


class Language(models.TextChoices):
    """Languages of the interface, of greetings and of customers."""

    RUSSIAN = "ru", _("Russian")
    ENGLISH = "en", _("English")


class Theme(models.TextChoices):
    """Light or dark pages."""

    SYSTEM = "system", _("As the device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class UserQuerySet(models.QuerySet["User"]):
    """Selections of people."""

    def active(self) -> Self:
        """Only people who may log in."""
        return self.filter(is_active=True)

    def people(self) -> Self:
        """Only human beings, without automatic agents."""
        return self.filter(is_automatic=False)


class UserAccounts(BaseUserManager["User"]):
    """Creation of users with a hashed password."""

    def get_queryset(self) -> UserQuerySet:
        """Return the selection type of this model."""
        return UserQuerySet(self.model, using=self._db)

    def active(self) -> UserQuerySet:
        """Only people who may log in."""
        return self.get_queryset().active()

    def people(self) -> UserQuerySet:
        """Only human beings, without automatic agents."""
        return self.get_queryset().people()

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        """Make a user; without a password nobody can log in as them."""
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person (or an automatic agent) with a role."""

    username = models.CharField(
        _("login"),
        max_length=64,
        unique=True,
        validators=[UnicodeUsernameValidator()],
        error_messages={"unique": _("This login is taken. Choose another one.")},
    )
    display_name = models.CharField(pgettext_lazy("of a person", "name"), max_length=120)
    role = models.CharField(_("role"), max_length=16, choices=Role, default=Role.AGENT)
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.RUSSIAN)
    theme = models.CharField(_("theme"), max_length=8, choices=Theme, default=Theme.SYSTEM)
    team = models.ForeignKey(
        Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="members", verbose_name=_("team")
    )
    must_change_password = models.BooleanField(_("must change the password"), default=False)
    is_automatic = models.BooleanField(_("automatic agent"), default=False)
    is_active = models.BooleanField(_("may log in"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UserAccounts()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["display_name"]

    class Meta:
        ordering = ["display_name", "username"]
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def __str__(self) -> str:
        return self.display_name or self.username

    @property
    def agent_id(self) -> str:
        """The id by which the routing engine knows this person."""
        return str(self.pk)

    @property
    def is_leader(self) -> bool:
        """Team leaders and administrators."""
        return self.role in {Role.TEAM_LEADER, Role.ADMINISTRATOR}

    @property
    def is_administrator(self) -> bool:
        """May change how the centre is set up."""
        return self.role == Role.ADMINISTRATOR
