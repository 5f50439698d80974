"""The vocabulary of the scenarios for a caller's way: hours, overflow, menus, voicemail, call-backs, protection.

Targets are written `queue:sales`, `message:sorry`, `hang_up`; a way out has a message before it: `sorry>queue:sales`.
Hours are `9-18`, every day in UTC; the instants of a scenario count from midnight.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from allo.core import effects as ef
from allo.core import events as ev
from allo.core import facts as fa
from allo.core import requests as rq
from allo.core.callers_way import Branch, KeyChoice, Menu, Target, TargetKind, Voicemail, WayOut
from allo.core.hours import Hours, Interval
from allo.core.model import Block, CallbackRules, Config, Dialling, FloodRule
from allo.core.skill import Requirement


def target(text: str) -> Target:
    """`queue:sales`."""
    kind, _, id_ = text.partition(":")
    return Target(TargetKind(kind), id_)


def _way(text: str) -> WayOut:
    message, _, where = text.rpartition(">")
    return WayOut(target(where), message)


def _hours(text: str) -> Hours:
    from_hour, _, to_hour = text.partition("-")
    return Hours(weekly=((Interval(int(from_hour) * 60, int(to_hour) * 60),),) * 7)


def _callback(hours: str = "", key: str = "1", **numbers: str) -> CallbackRules:
    """`key:1/offer_after_s:60/most_tries:2/hours:9-18`."""
    given: dict[str, Any] = {name: int(text) if name == "most_tries" else float(text) for name, text in numbers.items()}
    return CallbackRules(key, hours=_hours(hours) if hours else None, **given)


READ_AS: dict[str, Callable[[str], Any]] = {
    "Hours | None": _hours,
    "WayOut | None": _way,
    "Target | None": target,
    "Target": target,
    "CallbackRules | None": lambda text: _callback(**dict(word.split(":") for word in text.split("/"))),
}
SAYINGS: dict[str, Callable[..., Any]] = {
    "key": ev.KeyPressed,
    "cancel": rq.CancelCallback,
    "recorded": lambda call, recording, length: ev.MessageRecorded(call, recording, float(length)),
    "close": lambda leader, queue, reason="", message="": rq.SetEmergencyClosed(
        leader, queue.removeprefix("all"), is_closed=True, reason=reason, message=message
    ),
    "open": lambda leader, queue: rq.SetEmergencyClosed(leader, queue.removeprefix("all"), is_closed=False),
}


def _where(fact: fa.FlowedOut | fa.MenuLeft) -> str:
    return fact.target_kind + (f":{fact.target_id}" if fact.target_id else "")


def _flowed_out(fact: fa.FlowedOut) -> str:
    waited = f" after {fact.wait_s:g}" if fact.was_waiting else ""
    return f"{fact.call_id} from {fact.queue_id} to {_where(fact)} because {fact.reason}{waited}"


FACTS: dict[type, Callable[[Any], str]] = {
    fa.FlowedOut: _flowed_out,
    fa.MenuLeft: lambda f: f"{f.call_id} leaves {f.menu_id}" + (f" by {f.key}" if f.key else "") + f" to {_where(f)}",
    fa.CallRefused: lambda f: f"{f.call_id} refused because {f.because} ({f.rule})",
    fa.CallSlowed: lambda f: f"{f.call_id} slowed down as call {f.calls}",
    fa.OutsideRefused: lambda f: f"not dialled {f.number} because {f.reason}",
    fa.MessageLeft: lambda f: f"{f.call_id} left {f.recording_id} of {f.length_s:g}",
    fa.CallbackAgreed: lambda f: f"{f.call_id} to be called back at {f.number} after {f.wait_s:g}",
    fa.CallbackTried: lambda f: f"try {f.number_of_try} of {f.call_id} {f.outcome}",
    fa.QueueClosed: lambda f: f"{f.queue_id or 'all'} closed by {f.leader_id}",
    fa.QueueReopened: lambda f: f"{f.queue_id or 'all'} opened by {f.leader_id} after {f.closed_s:g}",
}
TEXTS: dict[type, Callable[[Any], str]] = {
    ef.RecordMessage: lambda e: f"record {e.recording_id} for {e.limit_s:g}",
    ef.DialNumber: lambda e: f"dial {e.number} as {e.leg_id}",
    ef.AdoptLeg: lambda e: f"{e.call_id} is {e.leg_id}",
    ef.PlayPrompt: lambda e: f"play {e.prompt} to {e.call_id}" + (f" in {e.language}" if e.language != "en" else ""),
}


def _menu(config: Config, id_: str, names: list[str], given: dict[str, Any]) -> Config:
    choices = dict(_choice(name) for name in names)
    return replace(config, menus={**config.menus, id_: Menu(id_, **{"prompt": id_, **given}, choices=choices)})


def _choice(text: str) -> tuple[str, KeyChoice]:
    """`1:queue:sales:ru:3:german>5>10/loans`: the key, its target, the language, priority and skills it sets."""
    key, kind, id_, language, priority, skills, *_ = (*text.split(":"), "", "", "", "")
    asks = tuple(_asked(*word.split(">")) for word in skills.split("/") if word)
    return key, KeyChoice(Target(TargetKind(kind), id_), language, priority=int(priority or 0), requirements=asks)


def _asked(skill: str, at_least: str = "1", relax_after_s: str = "0") -> Requirement:
    return Requirement(skill, int(at_least), float(relax_after_s))


def _branch(config: Config, id_: str, names: list[str], given: dict[str, Any]) -> Config:
    branch = Branch(target(names[0]), message="".join(names[1:]), **given)
    changed = replace(config.menus[id_], branches=(*config.menus[id_].branches, branch))
    return replace(config, menus={**config.menus, id_: changed})


def _dialling(config: Config, pattern: str, _: list[str], given: dict[str, Any]) -> Config:
    return replace(config, dialling=Dialling(tuple(pattern.split("/")), **given))


def _voicemail(config: Config, id_: str, names: list[str], given: dict[str, Any]) -> Config:
    queue_id = "".join(names)
    return replace(config, voicemails={**config.voicemails, id_: Voicemail(id_, id_, queue_id, **given)})


def _block(config: Config, pattern: str, names: list[str], given: dict[str, Any]) -> Config:
    block = Block(pattern, names[0], **given)
    return replace(config, blocks={**config.blocks, pattern: block})


def _flood(config: Config, _: str, __: list[str], given: dict[str, Any]) -> Config:
    return replace(config, flood=FloodRule(**given))


def _spoken(config: Config, language: str, prompts: list[str], _: dict[str, Any]) -> Config:
    """`spoken ru privet zdravstvuyte`."""
    return replace(config, spoken_in={**config.spoken_in, **dict.fromkeys(prompts, language)})


LINES: dict[str, tuple[type, Callable[[Config, str, list[str], dict[str, Any]], Config]]] = {
    "menu": (Menu, _menu),
    "branch": (Branch, _branch),
    "block": (Block, _block),
    "flood": (FloodRule, _flood),
    "dialling": (Dialling, _dialling),
    "voicemail": (Voicemail, _voicemail),
    "spoken": (Config, _spoken),
}
"""The first word of a line to what it describes, and how it changes the configuration."""
