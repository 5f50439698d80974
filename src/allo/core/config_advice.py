"""What is allowed and yet hardly meant: queues that nobody answers, what no agent of a queue can do, numbers that fit
nobody because the country is not known, and call-backs that cannot be made.

Pure reads, beside `config_check`: a configuration with advice is in force all the same. What is relaxed after a while
makes callers wait, what is never relaxed makes them wait in vain.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from allo.core.problem import Problem
from allo.core.problem import gettext_noop as _

if TYPE_CHECKING:
    from allo.core.callers_way import Target
    from allo.core.model import Agent, Config
    from allo.core.skill import Requirement


def advice_of(config: Config) -> list[Problem]:
    """All that an administrator should look at; empty when nothing is odd."""
    members: dict[str, list[Agent]] = {id_: [] for id_ in config.queues}
    for agent in config.agents.values():
        for membership in agent.memberships:
            members.setdefault(membership.queue_id, []).append(agent)
    return [*_queues(config, members), *_numbers(config, members), *_keys(config, members), *_outside(config)]


def _queues(config: Config, members: dict[str, list[Agent]]) -> Iterator[Problem]:
    in_vain = _("nobody in queue %(queue)s can do what it asks for: callers wait in vain")
    longer = _("nobody in queue %(queue)s can do what it asks for: every caller waits %(seconds)s s at least")
    for queue in config.queues.values():
        if not members[queue.id]:
            yield Problem(_("nobody answers the calls of queue %(queue)s"), queue=queue.id)
            continue
        wait_s = _least_wait(queue.requirements, members[queue.id])
        if wait_s is None:
            yield Problem(in_vain, queue=queue.id)
        elif wait_s:
            yield Problem(longer, queue=queue.id, seconds=f"{wait_s:g}")


def _outside(config: Config) -> Iterator[Problem]:
    if not config.dialling.allowed:
        for queue in config.queues.values():
            if queue.callback is not None:
                yield Problem(
                    _("nobody can be called back from queue %(queue)s: no outside number may be dialled"),
                    queue=queue.id,
                )
        for box in config.voicemails.values():
            if box.queue_id:
                yield Problem(
                    _("messages in voicemail %(voicemail)s become no call-backs: no outside number may be dialled"),
                    voicemail=box.id,
                )
    if not config.country and any(pattern.startswith("+") for pattern in (*config.dialling.allowed, *config.blocks)):
        yield Problem(
            _("no home country is chosen: callers whose numbers are sent without + fit nothing that is written with it")
        )


def _numbers(config: Config, members: dict[str, list[Agent]]) -> Iterator[Problem]:
    in_vain = _("nobody in queue %(queue)s can do what number %(number)s asks for: callers wait in vain")
    longer = _("nobody in queue %(queue)s can do what number %(number)s asks for: they wait %(seconds)s s at least")
    for route in config.numbers.values():
        yield from _asked_on_the_way(
            config, members, route.leads_to, route.requirements, in_vain, longer, number=route.number
        )


def _keys(config: Config, members: dict[str, list[Agent]]) -> Iterator[Problem]:
    in_vain = _("nobody in queue %(queue)s can do what key %(key)s of menu %(menu)s asks for: callers wait in vain")
    longer = _(
        "nobody in queue %(queue)s can do what key %(key)s of menu %(menu)s asks for: they wait %(seconds)s s at least"
    )
    for menu in config.menus.values():
        for key, choice in menu.choices.items():
            yield from _asked_on_the_way(
                config, members, choice.target, choice.requirements, in_vain, longer, key=key, menu=menu.id
            )


def _asked_on_the_way(
    config: Config, members: dict[str, list[Agent]], target: Target, asked: tuple[Requirement, ...],
    in_vain: str, longer: str, **place: str,
) -> Iterator[Problem]:  # fmt: skip
    queue = config.queues.get(target.id) if target.kind == "queue" else None
    if queue is None or not members[queue.id]:
        return
    wait_s = _least_wait((*queue.requirements, *asked), members[queue.id])
    if wait_s == _least_wait(queue.requirements, members[queue.id]):
        return  # said of the queue, or nothing to say
    if wait_s is None:
        yield Problem(in_vain, queue=queue.id, **place)
    else:
        yield Problem(longer, queue=queue.id, **place, seconds=f"{wait_s:g}")


def _least_wait(requirements: tuple[Requirement, ...], members: list[Agent]) -> float | None:
    """How long such a call waits at least until one of the agents may take it; None: for ever."""
    waits = (_wait_for(agent, requirements) for agent in members)
    return min((wait_s for wait_s in waits if wait_s is not None), default=None)


def _wait_for(agent: Agent, requirements: tuple[Requirement, ...]) -> float | None:
    wait_s = 0.0
    for one in requirements:
        if agent.skills.get(one.skill, 0) >= one.at_least:
            continue
        if not one.relax_after_s:
            return None
        wait_s = max(wait_s, one.relax_after_s)
    return wait_s
