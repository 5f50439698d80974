"""Queues, with their greetings."""

from __future__ import annotations

from collections.abc import Mapping

from allo.core.model import Queue, Strategy
from allo.core.skill import Requirement
from allo.data import models
from allo.data.load_config.skills import queue_requirements


def load_queues(prompts: Mapping[str, str]) -> dict[str, Queue]:
    """Active queues by id."""
    required = queue_requirements()
    return {
        queue.queue_id: _queue(queue, prompts, required.get(queue.pk, ())) for queue in models.Queue.objects.active()
    }


def _queue(queue: models.Queue, prompts: Mapping[str, str], requirements: tuple[Requirement, ...]) -> Queue:
    cool_off_prompt = str(queue.cool_off_prompt_id or "")
    greetings = (str(greeting.pk) for greeting in queue.ordered_greetings())
    return Queue(
        id=queue.queue_id,
        name=queue.name,
        priority=queue.priority,
        requirements=requirements,
        strategy=Strategy(queue.strategy),
        offer_timeout_s=float(queue.offer_timeout_s),
        wrapup_limit_s=float(queue.wrapup_limit_s),
        outcome_required=queue.outcome_required,
        service_level_target_s=float(queue.service_level_target_s),
        service_level_goal=queue.service_level_goal,
        short_abandon_s=float(queue.short_abandon_s),
        greetings=tuple(id_ for id_ in greetings if id_ in prompts),
        music=queue.music or "default",
        is_recorded=queue.recording,
        hold_limit_s=float(queue.hold_limit_s),
        transfer_patience_s=float(queue.transfer_patience_s),
        cool_off_s=float(queue.cool_off_s),
        cool_off_prompt=cool_off_prompt if cool_off_prompt in prompts else "",
        recording_pause_limit_s=float(queue.recording_pause_limit_s),
        whisper=queue.whisper,
        sticky_s=float(queue.sticky_s),
    )
