"""The desk's stream: its two live parts, for the agent who looks and nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from allo.data.models import Role
from allo.web.desk.live import draw_panel, draw_state, keys_of
from allo.web.sse import Audience, Fragment, stream

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponseBase

DESK = Audience(
    "desk",
    Role.AGENT,
    (Fragment("state", keys_of, draw_state), Fragment("panel", keys_of, draw_panel)),
    scope=lambda user: user.agent_id,
)


@require_safe
@never_cache
async def live(request: HttpRequest) -> HttpResponseBase:
    """Send what changes on this agent's desk."""
    return await stream(request, DESK)
