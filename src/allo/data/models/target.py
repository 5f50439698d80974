"""Where a call goes next, in one column: ``queue:3``, ``menu:2``, ``voicemail:1``, ``message:7``, ``number:+7495...``,
``hang_up``, or empty for what the place does anyway. The kinds are those of ``core.callers_way.TargetKind``.

One column instead of a foreign key for each kind: a place that was deleted is found by ``actions.places`` before, and
left out with a sentence by ``load_config`` after.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

TARGET = r"^(?:(?:queue|menu|voicemail|message):[0-9]{1,18}|number:\+?[0-9]{2,20}|hang_up)$"


def target_field(words: _StrPromise) -> models.CharField[str, str]:
    """A column with a target."""
    check = RegexValidator(TARGET, _("Choose where the call goes."))
    return models.CharField(words, max_length=40, blank=True, default="", validators=[check])
