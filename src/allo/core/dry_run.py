"""Trying a configuration out: what a caller would hear and where they would end, without a telephone.

Runs the engine itself on a fresh state in which every agent is logged in and nobody is free, so that it cannot differ
from what happens live. Prompts are heard to the end; keys are pressed in turn whenever a menu has been heard.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from allo.core.call_states import GREETED, MENU, VOICEMAIL, WAITING
from allo.core.effects import DialNumber, Effect, PlayPrompt, RecordFact
from allo.core.engine import Engine
from allo.core.events import CallArrived, ConfigChanged, KeyPressed, PlaybackFinished, TimerFired
from allo.core.facts import CallEnded, CallEntered, Fact, FlowedOut, MenuEntered
from allo.core.journey import PAUSE
from allo.core.model import Config
from allo.core.requests import LogIn
from allo.core.skill import Requirement

SILENCE = ""
"""No key: the caller lets the time for a choice pass."""
MOST_STEPS = 200
_CALL = "dry-run"


class StepKind(StrEnum):
    """What happens to the caller."""

    HEARS = "hears"
    MENU = "menu"
    KEY = "key"
    SENT_ON = "sent_on"
    """A queue does not take the call; the name tells why."""
    WAITS = "waits"
    """In the queue named."""
    NEEDS = "needs"
    """An agent with the skill named, at least so well (`german:5`); for so many seconds of the wait (`german:5:30`)."""
    VOICEMAIL = "voicemail"
    DIALS = "dials"
    """An outside number is rung for the caller."""
    ASKED = "asked"
    """In the menu named, with no key left to press."""
    ENDS = "ends"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing on the caller's way: a prompt, a menu, a key, a queue, a reason for the end."""

    kind: StepKind
    name: str


def dry_run(
    config: Config, number: str, keys: Sequence[str], at: float, *, customer_kind: str = "", language: str = ""
) -> list[Step]:
    """The caller's way, step by step, until they wait for somebody, are asked for more keys, or the call ends."""
    engine = Engine()
    engine.handle(ConfigChanged(replace(config, break_rules={})), at)
    for agent_id in config.agents:
        engine.handle(LogIn(agent_id), at)
    left = list(keys)
    steps: list[Step] = []
    # from a number that is not hidden, nor like any other
    effects = engine.handle(CallArrived(_CALL, number, _CALL, kind=customer_kind, language=language), at)
    while len(steps) < MOST_STEPS:
        steps += (step for effect in effects for step in _steps(effect))
        call = engine.state.calls.get(_CALL)
        if call is None:
            break
        if call.state not in (GREETED, MENU):
            if call.state is VOICEMAIL:
                steps.append(Step(StepKind.VOICEMAIL, call.target.id if call.target else ""))
            elif call.state is WAITING:
                steps += (Step(StepKind.NEEDS, _need(one)) for one in call.requirements)
            break
        if call.prompts[:1] == [PAUSE]:
            effects = engine.handle(TimerFired(f"pause:{_CALL}"), at)
        elif call.prompts:
            effects = engine.handle(PlaybackFinished(_CALL, call.prompts[0]), at)
        elif not left:
            steps.append(Step(StepKind.ASKED, call.menu.id if call.menu else ""))
            break
        else:
            key = left.pop(0)
            steps.append(Step(StepKind.KEY, key))
            pressed = KeyPressed(_CALL, key) if key != SILENCE else TimerFired(f"menu:{_CALL}")
            effects = engine.handle(pressed, at)
    return steps


def _need(asked: Requirement) -> str:
    return f"{asked.skill}:{asked.at_least}" + (f":{asked.relax_after_s:g}" if asked.relax_after_s else "")


def _steps(effect: Effect) -> Iterator[Step]:
    if isinstance(effect, PlayPrompt):
        yield Step(StepKind.HEARS, effect.prompt)
    elif isinstance(effect, DialNumber):
        yield Step(StepKind.DIALS, effect.number)
    elif isinstance(effect, RecordFact):
        yield from _of_fact(effect.fact)


def _of_fact(fact: Fact) -> Iterator[Step]:
    match fact:
        case MenuEntered(menu_id=menu_id):
            yield Step(StepKind.MENU, menu_id)
        case FlowedOut(reason=reason):
            yield Step(StepKind.SENT_ON, reason.value)
        case CallEntered(queue_id=queue_id):
            yield Step(StepKind.WAITS, queue_id)
        case CallEnded(end_reason=reason):
            yield Step(StepKind.ENDS, reason.value)
