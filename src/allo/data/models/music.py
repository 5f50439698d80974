"""Music for waiting callers, beside the one that comes with the centre."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from allo.data.models.selections import ActiveQuerySet


class Music(models.Model):
    """One piece of music, uploaded; ``audio_file`` lies under the installation's ``sounds`` folder."""

    title = models.CharField(_("title"), max_length=80)
    audio_file = models.CharField(_("file"), max_length=120, blank=True)
    duration_s = models.FloatField(_("length, seconds"), default=0.0)
    is_active = models.BooleanField(default=True)

    objects = ActiveQuerySet["Music"].as_manager()

    class Meta:
        ordering = ["title", "pk"]
        verbose_name = _("music")
        verbose_name_plural = _("music")
        constraints = [
            models.UniqueConstraint(
                fields=["title"],
                condition=models.Q(is_active=True),
                name="music_title_once",
                violation_error_message=_("There is already music with this title."),
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def music_class(self) -> str:
        """The name under which Asterisk plays it."""
        return f"music-{self.pk}"
