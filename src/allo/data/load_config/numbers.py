"""Dialled numbers and where they lead."""

from __future__ import annotations

from collections.abc import Mapping

from allo.core.model import NumberRoute, Queue
from allo.data import models
from allo.data.load_config.skills import number_requirements
from allo.data.targets import target_of, way_of


def load_numbers(queues: Mapping[str, Queue], prompts: Mapping[str, str], remarks: list[str]) -> dict[str, NumberRoute]:
    """Active numbers by pattern; one that leads nowhere is left out."""
    routes = {}
    required = number_requirements()
    for number in models.Number.objects.active():
        target = None if number.queue_id else target_of(number.target)
        if target is None and str(number.queue_id) not in queues:
            remarks.append(f"number {number.pattern} leads to queue {number.queue_id}, which is deleted")
            continue
        opening = str(number.opening_message_id or "")
        routes[number.pattern] = NumberRoute(
            number=number.pattern,
            queue_id=str(number.queue_id or ""),
            opening_message=opening if opening in prompts else "",
            language=number.language,
            target=target,
            priority=number.priority,
            requirements=required.get(number.pk, ()),
            when_anonymous=way_of(number.anonymous_target, number.anonymous_message_id, prompts),
        )
    return routes
