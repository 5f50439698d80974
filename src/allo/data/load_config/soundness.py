"""What leads nowhere is left out of a configuration, with a sentence: one lost place must not stop the whole centre.

Pages refuse such a change beforehand; this is for what happens all the same (a number that may no longer be dialled, a
row changed by hand). Numbers and keys that lead nowhere are dropped, ways out end the call with their message.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace

from allo.core.callers_way import Menu, Target, TargetKind, WayOut
from allo.core.model import Config, NumberRoute, Queue
from allo.core.problem import Problem
from allo.core.problem import gettext_noop as _

_WAYS = tuple(field.name for field in fields(Queue) if field.name.startswith("when_"))
_Exists = Callable[[Target], bool]


def without_lost(config: Config, remarks: list[str]) -> Config:
    """The configuration without references to what is not there."""
    while True:
        exists = _existing(config)
        menus = {menu.id: _menu(menu, exists, remarks) for menu in config.menus.values()}
        empty = {id_ for id_, menu in menus.items() if not menu.choices}
        remarks += (f"menu {id_} is left out: none of its keys leads anywhere" for id_ in sorted(empty))
        config = replace(config, menus={id_: menu for id_, menu in menus.items() if id_ not in empty})
        if not empty:
            break
    led = (route for route in config.numbers.values() if _is_led(route, exists, remarks))
    numbers = {route.number: _anonymous(route, exists, remarks) for route in led}
    queues = {queue.id: _queue(queue, exists, remarks) for queue in config.queues.values()}
    return replace(config, numbers=numbers, queues=queues)


def _existing(config: Config) -> _Exists:
    places: dict[TargetKind, object] = {
        TargetKind.QUEUE: config.queues,
        TargetKind.MENU: config.menus,
        TargetKind.VOICEMAIL: config.voicemails,
    }

    def exists(target: Target) -> bool:
        if target.kind in places:
            return target.id in places[target.kind]  # type: ignore[operator]
        return config.may_dial(target.id) if target.kind is TargetKind.NUMBER else True

    return exists


def _menu(menu: Menu, exists: _Exists, remarks: list[str]) -> Menu:
    lost = [key for key, choice in menu.choices.items() if not exists(choice.target)]
    remarks += (f"menu {menu.id}, key {key}, leads nowhere and is left out" for key in lost)
    choices = {key: choice for key, choice in menu.choices.items() if key not in lost}
    branches = tuple(branch for branch in menu.branches if exists(branch.target))
    if len(branches) < len(menu.branches):
        remarks.append(f"menu {menu.id} has branches that lead nowhere; they are left out")
    otherwise = menu.otherwise
    if not exists(otherwise):
        remarks.append(f"menu {menu.id}, without a choice, leads nowhere; the call ends there")
        otherwise = Target(TargetKind.HANG_UP)
    return replace(menu, choices=choices, branches=branches, otherwise=otherwise)


def _is_led(route: NumberRoute, exists: _Exists, remarks: list[str]) -> bool:
    if exists(route.leads_to):
        return True
    remarks.append(f"number {route.number} leads to {route.leads_to.kind} {route.leads_to.id}, which is not there")
    return False


def _anonymous(route: NumberRoute, exists: _Exists, remarks: list[str]) -> NumberRoute:
    way = route.when_anonymous
    if way is None or exists(way.target):
        return route
    sentence = _("callers of number %(number)s who hide their own are led nowhere; the call ends with the message")
    remarks.append(Problem(sentence, number=route.number))
    return replace(route, when_anonymous=WayOut(message=way.message))


def _queue(queue: Queue, exists: _Exists, remarks: list[str]) -> Queue:
    for name in _WAYS:
        way: WayOut | None = getattr(queue, name)
        if way is not None and not exists(way.target):
            remarks.append(f"queue {queue.id} ({name}) leads nowhere; the call ends with the message")
            queue = replace(queue, **{name: WayOut(message=way.message)})  # type: ignore[arg-type]
    return queue
