"""Those who may answer, and their places in queues."""

from __future__ import annotations

from collections.abc import Mapping

from allo.core.model import Agent, Membership, Queue
from allo.data import models
from allo.data.load_config.skills import load_skills


def load_agents(queues: Mapping[str, Queue]) -> dict[str, Agent]:
    """Everybody who may log in: who serves no queue gets no calls, but a leader may listen to them."""
    memberships: dict[int, list[Membership]] = {}
    for row in models.Membership.objects.order_by("level", "queue_id"):
        if str(row.queue_id) in queues:
            memberships.setdefault(row.user_id, []).append(Membership(str(row.queue_id), row.level))
    skills = load_skills()
    return {
        user.agent_id: Agent(
            id=user.agent_id,
            name=str(user),
            device=f"PJSIP/agent-{user.pk}",
            memberships=tuple(memberships.get(user.pk, ())),
            skills=skills.get(user.pk, {}),
            is_automatic=user.is_automatic,
        )
        for user in models.User.objects.active()
        if user.pk in memberships or not user.is_automatic
    }
