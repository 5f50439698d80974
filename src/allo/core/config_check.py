"""What is wrong with a configuration, as sentences: references to nothing, dead ends, rounds without an exit.

Pure reads. A caller must always come to somebody or to an end: from every menu some key leads out of all menus, whoever
presses nothing (or is not even asked) does not go round for ever, and queues do not send callers to each other in a
circle.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import TYPE_CHECKING

from allo.core.problem import Problem
from allo.core.problem import gettext_noop as _

if TYPE_CHECKING:
    from allo.core.callers_way import Menu, Target, WayOut
    from allo.core.hours import Hours
    from allo.core.model import Config, Queue

_KEYS = frozenset("0123456789*#")
_WAYS = ("when_closed", "when_full", "when_too_long", "when_nobody_at_work", "when_anonymous")


def problems_of(config: Config) -> list[Problem]:
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


def _memberships(config: Config) -> Iterator[Problem]:
    for agent in config.agents.values():
        for membership in agent.memberships:
            if membership.queue_id not in config.queues:
                yield Problem(
                    _("agent %(agent)s is in queue %(queue)s, which does not exist"),
                    agent=agent.id,
                    queue=membership.queue_id,
                )


def _targets(config: Config) -> Iterator[Problem]:
    for route in config.numbers.values():
        yield from _lost(config, Problem(_("number %(number)s"), number=route.number), route.leads_to)
        if route.when_anonymous is not None:
            yield from _lost(
                config,
                Problem(_("number %(number)s (%(way)s)"), number=route.number, way="when_anonymous"),
                route.when_anonymous.target,
            )
    for queue in config.queues.values():
        for name, way in _ways_of(queue):
            yield from _lost(config, Problem(_("queue %(queue)s (%(way)s)"), queue=queue.id, way=name), way.target)
    for menu in config.menus.values():
        for key, choice in menu.choices.items():
            yield from _lost(config, Problem(_("menu %(menu)s, key %(key)s,"), menu=menu.id, key=key), choice.target)
        for branch in menu.branches:
            yield from _lost(config, Problem(_("menu %(menu)s"), menu=menu.id), branch.target)
        yield from _lost(config, Problem(_("menu %(menu)s, without a choice,"), menu=menu.id), menu.otherwise)
    for voicemail in config.voicemails.values():
        if voicemail.queue_id and voicemail.queue_id not in config.queues:
            yield Problem(
                _("voicemail %(voicemail)s leads to queue %(queue)s, which does not exist"),
                voicemail=voicemail.id,
                queue=voicemail.queue_id,
            )


def _lost(config: Config, place: Problem, target: Target) -> Iterator[Problem]:
    places: Mapping[str, Mapping[str, object]] = {
        "queue": config.queues,
        "menu": config.menus,
        "voicemail": config.voicemails,
    }
    if target.kind in places and target.id not in places[target.kind]:
        kind, id_ = target.kind, target.id
        yield Problem(_("%(place)s leads to %(kind)s %(id)s, which does not exist"), place=place, kind=kind, id=id_)
    elif target.kind == "number" and not config.may_dial(target.id):
        sentence = _("%(place)s leads to the outside number %(outside)s, which may not be dialled")
        yield Problem(sentence, place=place, outside=target.id)
    elif target.kind == "message" and not target.id:
        yield Problem(_("%(place)s leads to a message, but to none in particular"), place=place)


def _each(template: str, hours: Hours, **words: str) -> Iterator[Problem]:
    yield from (Problem(template, problem=problem, **words) for problem in hours.problems())


def _hours(config: Config) -> Iterator[Problem]:
    for queue in config.queues.values():
        if queue.hours is not None:
            yield from _each(_("queue %(queue)s: %(problem)s"), queue.hours, queue=queue.id)
        if queue.callback is not None and queue.callback.hours is not None:
            yield from _each(_("call-backs of queue %(queue)s: %(problem)s"), queue.callback.hours, queue=queue.id)
    for menu in config.menus.values():
        for branch in menu.branches:
            if branch.hours is not None:
                yield from _each(_("menu %(menu)s: %(problem)s"), branch.hours, menu=menu.id)


def _promises(config: Config) -> Iterator[Problem]:
    for queue in config.queues.values():
        promise = queue.promise
        if promise is None:
            continue
        if not config.secret:
            yield Problem(
                _("queue %(queue)s promises nothing: the secret that compensation codes are made with is missing"),
                queue=queue.id,
            )
        if not promise.prompt:
            yield Problem(
                _("queue %(queue)s promises nothing: the prompt that tells the promise is missing"), queue=queue.id
            )
        if promise.amount > promise.daily_budget:
            yield Problem(
                _("queue %(queue)s promises nothing: one promise costs more than the budget of a day"), queue=queue.id
            )
        if promise.hours is not None:
            yield from _each(_("promise of queue %(queue)s: %(problem)s"), promise.hours, queue=queue.id)


def _breaks(config: Config) -> Iterator[Problem]:
    for reason in config.break_rules:
        if reason not in config.break_reasons:
            yield Problem(
                _("there is a rule for breaks because of %(reason)s, which is no break reason"), reason=reason
            )
    for queue_id, forecast in config.forecasts.items():
        if queue_id not in config.queues:
            yield Problem(_("there is a forecast for queue %(queue)s, which does not exist"), queue=queue_id)
        if forecast.interval_s <= 0 or forecast.aht_s <= 0:
            yield Problem(
                _("the forecast for queue %(queue)s is left aside: intervals and handling times are longer than 0 s"),
                queue=queue_id,
            )


def _menus(config: Config) -> Iterator[Problem]:
    leads_out: set[str] = set()
    grown = True
    while grown:
        found = {menu.id for menu in config.menus.values() if _has_exit(menu, leads_out)}
        leads_out, grown = found, found != leads_out
    for menu in config.menus.values():
        if not menu.prompt:
            yield Problem(_("menu %(menu)s asks nothing: it has no prompt"), menu=menu.id)
        for key in menu.choices:
            if key not in _KEYS:
                yield Problem(_("menu %(menu)s has the key %(key)s, which no telephone has"), menu=menu.id, key=key)
        if not menu.choices:
            yield Problem(_("menu %(menu)s is a dead end: it has no keys"), menu=menu.id)
        elif menu.id not in leads_out:
            yield Problem(_("menu %(menu)s has no exit: its keys lead to menus only, round and round"), menu=menu.id)
        if menu.most_tries < 1:
            yield Problem(_("menu %(menu)s must let a caller try once at least"), menu=menu.id)


def _has_exit(menu: Menu, leads_out: set[str]) -> bool:
    choices = menu.choices.values()
    return any(choice.target.kind != "menu" or choice.target.id in leads_out for choice in choices)


def _rounds(config: Config) -> Iterator[Problem]:
    for round_ in _silent_rounds(config.menus):
        yield Problem(_("who presses nothing goes round for ever: menus %(menus)s"), menus=", ".join(round_))
    for name in _WAYS:
        onward = {
            queue.id: way.target.id
            for queue in config.queues.values()
            for which, way in _ways_of(queue)
            if which == name and way.target.kind == "queue"
        }
        for round_ in _circles(onward):
            yield Problem(_("queues send callers round (%(way)s): %(queues)s"), way=name, queues=", ".join(round_))


def _silent_rounds(menus: Mapping[str, Menu]) -> list[list[str]]:
    """The rounds of menus in which a caller of some kind and language goes who presses nothing, every one once."""
    branches = [branch for menu in menus.values() for branch in menu.branches]
    kinds = sorted({"", *(kind for branch in branches for kind in branch.kinds)})
    languages = sorted({"", *(language for branch in branches for language in branch.languages)})
    found: dict[tuple[str, ...], None] = {}
    for start, kind, language in product(sorted(menus), kinds, languages):
        for round_ in _silently(menus, start, kind, language, [], []):
            first = round_.index(min(round_))
            found[(*round_[first:], *round_[:first])] = None
    return [list(round_) for round_ in found]


_Assumed = list[tuple["Hours", bool]]
"""Hours, and whether the caller comes within them."""


def _silently(
    menus: Mapping[str, Menu], here: str, kind: str, language: str, assumed: _Assumed, way: list[str]
) -> Iterator[list[str]]:
    """The rounds that begin in a menu, or behind it."""
    if here in way:
        yield way[way.index(here) :]
    elif here in menus:
        for target, now_assumed in _unasked(menus[here], kind, language, assumed):
            if target.kind == "menu":
                yield from _silently(menus, target.id, kind, language, now_assumed, [*way, here])


def _unasked(menu: Menu, kind: str, language: str, assumed: _Assumed) -> Iterator[tuple[Target, _Assumed]]:
    """Where a menu may send the caller on without a key: by a branch, else as who presses nothing."""
    for branch in menu.branches:
        if (branch.kinds and kind not in branch.kinds) or (branch.languages and language not in branch.languages):
            continue
        hours = branch.hours
        if hours is None:
            yield branch.target, assumed
            return
        is_open = next((is_open for known, is_open in assumed if known == hours), None)
        if is_open is not None and is_open != branch.when_open:
            continue
        yield branch.target, [*assumed, (hours, branch.when_open)]
        if is_open is not None:
            return
        assumed = [*assumed, (hours, not branch.when_open)]
    yield menu.otherwise, assumed


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
