"""The desk's stream: its live parts, for the agent who looks and nobody else."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from allo.data.models import Role
from allo.web.desk import choices
from allo.web.desk.live import draw_notes, draw_panel, draw_state, keys_of
from allo.web.sse import Audience, Fragment, stream

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponseBase

NOTES_EVERY_S = 2.0
"""How soon a team leader's note is seen; it comes from the database, not from control."""
CHOICES_EVERY_S = 1.0
"""How soon a change of the set-up is seen; drawn once for all who read the same language."""

DESK = Audience(
    "desk",
    Role.AGENT,
    (
        Fragment("state", keys_of, draw_state),
        Fragment("panel", keys_of, draw_panel),
        *(
            Fragment(name, lambda _mirror, _scope: (), partial(choices.draw, name), CHOICES_EVERY_S, is_shared=True)
            for name in choices.LISTS
        ),
        Fragment("notes", lambda _mirror, _scope: (), draw_notes, every_s=NOTES_EVERY_S),
    ),
    scope=lambda user: user.agent_id,
)


@require_safe
@never_cache
async def live(request: HttpRequest) -> HttpResponseBase:
    """Send what changes on this agent's desk."""
    return await stream(request, DESK)
