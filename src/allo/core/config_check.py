"""What is wrong with a configuration, as sentences: references to nothing, dead ends, rounds without an exit.

Pure reads. A caller must always come to somebody or to an end: from every menu some key leads out of all menus, whoever
presses nothing does not go round for ever, and queues do not send callers to each other in a circle.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from allo.core.model import Config, Menu, Queue, Target, WayOut

_KEYS = frozenset("0123456789*#")
_WAYS = ("when_closed", "when_full", "when_too_long", "when_nobody_at_work", "when_anonymous")


def problems_of(config: Config) -> list[str]:
    """All problems found; empty when the configuration is sound."""
    return [
        *_memberships(config),
        *_targets(config),
        *_hours(config),
        *_menus(config),
        *_rounds(config),
        *_promises(config),
        *_breaks(config),
    ]


def _memberships(config: Config) -> Iterator[str]:
    for agent in config.agents.values():
        for membership in agent.memberships:
            if membership.queue_id not in config.queues:
                yield f"agent {agent.id} is in queue {membership.queue_id}, which does not exist"


def _targets(config: Config) -> Iterator[str]:
    for route in config.numbers.values():
        yield from _lost(config, f"number {route.number}", route.leads_to)
        if route.when_anonymous is not None:
            yield from _lost(config, f"number {route.number} (when_anonymous)", route.when_anonymous.target)
    for queue in config.queues.values():
        for name, way in _ways_of(queue):
            yield from _lost(config, f"queue {queue.id} ({name})", way.target)
    for menu in config.menus.values():
        for key, choice in menu.choices.items():
            yield from _lost(config, f"menu {menu.id}, key {key},", choice.target)
        for branch in menu.branches:
            yield from _lost(config, f"menu {menu.id}", branch.target)
        yield from _lost(config, f"menu {menu.id}, without a choice,", menu.otherwise)
    for voicemail in config.voicemails.values():
        if voicemail.queue_id and voicemail.queue_id not in config.queues:
            yield f"voicemail {voicemail.id} leads to queue {voicemail.queue_id}, which does not exist"


def _lost(config: Config, what: str, target: Target) -> Iterator[str]:
    places: Mapping[str, Mapping[str, object]] = {
        "queue": config.queues,
        "menu": config.menus,
        "voicemail": config.voicemails,
    }
    if target.kind in places and target.id not in places[target.kind]:
        yield f"{what} leads to {target.kind} {target.id}, which does not exist"
    elif target.kind == "number" and not config.may_dial(target.id):
        yield f"{what} leads to the outside number {target.id}, which may not be dialled"
    elif target.kind == "message" and not target.id:
        yield f"{what} leads to a message, but to none in particular"


def _hours(config: Config) -> Iterator[str]:
    for queue in config.queues.values():
        if queue.hours is not None:
            yield from (f"queue {queue.id}: {problem}" for problem in queue.hours.problems())
        if queue.callback is not None and queue.callback.hours is not None:
            yield from (f"call-backs of queue {queue.id}: {problem}" for problem in queue.callback.hours.problems())
    for menu in config.menus.values():
        for branch in menu.branches:
            if branch.hours is not None:
                yield from (f"menu {menu.id}: {problem}" for problem in branch.hours.problems())


def _promises(config: Config) -> Iterator[str]:
    for queue in config.queues.values():
        promise = queue.promise
        if promise is None:
            continue
        if not config.secret:
            yield f"queue {queue.id} promises nothing: the secret that compensation codes are made with is missing"
        if not promise.prompt:
            yield f"queue {queue.id} promises nothing: the prompt that tells the promise is missing"
        if promise.amount > promise.daily_budget:
            yield f"queue {queue.id} promises nothing: one promise costs more than the budget of a day"
        if promise.hours is not None:
            yield from (f"promise of queue {queue.id}: {problem}" for problem in promise.hours.problems())


def _breaks(config: Config) -> Iterator[str]:
    for reason in config.break_rules:
        if reason not in config.break_reasons:
            yield f"there is a rule for breaks because of {reason}, which is no break reason"
    for queue_id, forecast in config.forecasts.items():
        if queue_id not in config.queues:
            yield f"there is a forecast for queue {queue_id}, which does not exist"
        if forecast.interval_s <= 0 or forecast.aht_s <= 0:
            yield f"the forecast for queue {queue_id} is left aside: intervals and handling times are longer than 0 s"


def _menus(config: Config) -> Iterator[str]:
    leads_out: set[str] = set()
    grown = True
    while grown:
        found = {menu.id for menu in config.menus.values() if _has_exit(menu, leads_out)}
        leads_out, grown = found, found != leads_out
    for menu in config.menus.values():
        if not menu.prompt:
            yield f"menu {menu.id} asks nothing: it has no prompt"
        for key in menu.choices:
            if key not in _KEYS:
                yield f"menu {menu.id} has the key {key}, which no telephone has"
        if not menu.choices:
            yield f"menu {menu.id} is a dead end: it has no keys"
        elif menu.id not in leads_out:
            yield f"menu {menu.id} has no exit: its keys lead to menus only, round and round"
        if menu.most_tries < 1:
            yield f"menu {menu.id} must let a caller try once at least"


def _has_exit(menu: Menu, leads_out: set[str]) -> bool:
    choices = menu.choices.values()
    return any(choice.target.kind != "menu" or choice.target.id in leads_out for choice in choices)


def _rounds(config: Config) -> Iterator[str]:
    silent = {menu.id: menu.otherwise.id for menu in config.menus.values() if menu.otherwise.kind == "menu"}
    for round_ in _circles(silent):
        yield f"who presses nothing goes round for ever: menus {', '.join(round_)}"
    for name in _WAYS:
        onward = {
            queue.id: way.target.id
            for queue in config.queues.values()
            for which, way in _ways_of(queue)
            if which == name and way.target.kind == "queue"
        }
        for round_ in _circles(onward):
            yield f"queues send callers round ({name}): {', '.join(round_)}"


def _circles(onward: Mapping[str, str]) -> Iterator[list[str]]:
    """The circles in a mapping of each place to the next, every one once."""
    seen: set[str] = set()
    for start in sorted(onward):
        way: list[str] = []
        here: str | None = start
        while here is not None and here not in seen:
            seen.add(here)
            way.append(here)
            here = onward.get(here)
        if here in way:
            yield way[way.index(str(here)) :]


def _ways_of(queue: Queue) -> Iterator[tuple[str, WayOut]]:
    for name in _WAYS:
        way = getattr(queue, name)
        if way is not None:
            yield name, way
