"""The set-up tables as one frozen value: what the engine routes by, and what telephony needs beside it.

Decides what of the tables is in force (only active rows) and what is left out with a sentence. Ids of the core are
primary keys as strings: agents, queues, greetings, break reasons (`TakeBreak.reason`), dispositions
(`FinishWrapUp.disposition`). A dialled number stands in `Config.numbers` under its pattern.
Read it in one transaction, so that a half-made change is never seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction

from allo import installation
from allo.core.model import Agent, Config, Membership, NumberRoute, Queue, Strategy
from allo.data import models


@dataclass(frozen=True, slots=True)
class TrunkLine:
    """One active line of a telephone operator."""

    id: str
    kind: str
    host: str
    port: int
    username: str
    secret: str = field(repr=False)
    networks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Setup:
    """Everything control takes from the tables."""

    config: Config = field(default_factory=Config)
    prompts: Mapping[str, str] = field(default_factory=dict)
    """Prompt id → media to play, `sound:allo/<file without its ending>`."""
    languages: Mapping[str, str] = field(default_factory=dict)
    """Number pattern → language of its callers."""
    trunks: tuple[TrunkLine, ...] = ()
    remarks: tuple[str, ...] = ()
    """Sentences about what was left out, for the log."""


def current_revision() -> int:
    """The revision in force, without reading the rest."""
    return models.ConfigRevision.current()


def load_setup() -> Setup:
    """Read the tables."""
    remarks: list[str] = []
    with transaction.atomic():
        # First: PostgreSQL shows each query what is committed by then, so that a change in between must leave an
        # older revision, which the next look at the revision finds to have grown.
        revision = current_revision()
        prompts = _prompts(remarks)
        queues = {queue.queue_id: _queue(queue, prompts) for queue in models.Queue.objects.active()}
        config = Config(
            revision=revision,
            queues=queues,
            agents=_agents(queues),
            numbers=_numbers(queues, prompts, remarks),
            break_reasons=_ids(models.BreakReason.objects.active()),
            dispositions=_ids(models.Disposition.objects.active()),
        )
        languages = {number.pattern: number.language for number in models.Number.objects.active()}
        trunks = tuple(_trunk(trunk) for trunk in models.Trunk.objects.active())
    return Setup(config, prompts, languages, trunks, (*remarks, *config.problems()))


def _prompts(remarks: list[str]) -> dict[str, str]:
    """Greetings whose sound is there; a lost file must not make a caller wait for silence."""
    folder = installation.current().sounds_folder
    prompts = {}
    for greeting in models.Greeting.objects.active():
        if not greeting.audio_file:
            continue
        if (folder / greeting.audio_file).is_file():
            prompts[str(greeting.pk)] = f"sound:allo/{Path(greeting.audio_file).with_suffix('')}"
        else:
            remarks.append(f"greeting {greeting.pk} has lost its sound {greeting.audio_file}; it is not played")
    return prompts


def _queue(queue: models.Queue, prompts: Mapping[str, str]) -> Queue:
    greetings = (str(greeting.pk) for greeting in queue.ordered_greetings())
    return Queue(
        id=queue.queue_id,
        name=queue.name,
        priority=queue.priority,
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
    )


def _agents(queues: Mapping[str, Queue]) -> dict[str, Agent]:
    """Everybody who may log in: a team leader without a queue is shown too, and gets no calls."""
    memberships: dict[int, list[Membership]] = {}
    for row in models.Membership.objects.order_by("level", "queue_id"):
        if str(row.queue_id) in queues:
            memberships.setdefault(row.user_id, []).append(Membership(str(row.queue_id), row.level))
    return {
        user.agent_id: Agent(
            id=user.agent_id,
            name=str(user),
            device=f"PJSIP/agent-{user.pk}",
            memberships=tuple(memberships.get(user.pk, ())),
            is_automatic=user.is_automatic,
        )
        for user in models.User.objects.active()
        if user.pk in memberships or user.role == models.Role.AGENT
    }


def _numbers(queues: Mapping[str, Queue], prompts: Mapping[str, str], remarks: list[str]) -> dict[str, NumberRoute]:
    routes = {}
    for number in models.Number.objects.active():
        if str(number.queue_id) not in queues:
            remarks.append(f"number {number.pattern} leads to queue {number.queue_id}, which is deleted")
            continue
        opening = str(number.opening_message_id or "")
        routes[number.pattern] = NumberRoute(
            number=number.pattern,
            queue_id=str(number.queue_id),
            opening_message=opening if opening in prompts else "",
            language=number.language,
        )
    return routes


def _trunk(trunk: models.Trunk) -> TrunkLine:
    is_registered = trunk.kind == models.TrunkKind.REGISTRATION
    return TrunkLine(
        id=str(trunk.pk),
        kind=trunk.kind,
        host=trunk.host,
        port=trunk.port,
        username=trunk.username if is_registered else "",
        secret=trunk.secret if is_registered else "",
        networks=() if is_registered else tuple(trunk.allowed_networks),
    )


def _ids(rows: object) -> tuple[str, ...]:
    return tuple(str(row.pk) for row in rows)  # type: ignore[attr-defined]
