"""Teams: twenty or thirty agents with one leader."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from allo.data.models.selections import ActiveQuerySet


class Team(models.Model):
    """A team. Its members are ``members``: nobody is in two (``User.team``)."""

    name = models.CharField(_("name"), max_length=80)
    leader = models.ForeignKey(
        "data.User",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="led_teams",
        verbose_name=_("team leader"),
    )
    is_active = models.BooleanField(default=True)

    objects = ActiveQuerySet["Team"].as_manager()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                condition=models.Q(is_active=True),
                name="team_name_once",
                violation_error_message=_("There is already a team with this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name
