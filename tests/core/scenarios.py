"""Incidents as text tables: what a centre consists of, then rows of `time | input | what the engine does`.

    # The caller leaves while it rings
    queue sales offer_timeout_s=15
    agent ann sales
    number 100 sales

     0 | working ann      |
     1 | call c1 100      | answer c1, music for c1, ann offered, ring ann for c1
     3 | gone c1          | offer withdrawn, end c1-a1, ann ready, end c1, c1 abandoned by caller_hung_up wait 2

`working ann` stands for log-in, telephone and Ready, and its row tells only what comes on top. `timer NAME` also
checks that this timer is due at this time. The right column is complete and in order, but for timers and for facts
that say nothing new (`_TEXTS` and `_FACTS` are the vocabulary); a row that begins with "..." names some of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from allo.core import effects as ef
from allo.core import events as ev
from allo.core import facts as fa
from allo.core import requests as rq
from allo.core.engine import Engine, Input
from allo.core.model import Agent, Config, Membership, NumberRoute, Queue, Strategy
from allo.core.skill import Requirement
from allo.core.turn import with_plus
from tests.core import journey_words, talking_words, waiting_words


@dataclass(frozen=True)
class Row:
    """One line of a table."""

    line: int
    at: float
    said: str
    expected: list[str]


@dataclass
class Scenario:
    """One incident."""

    title: str
    config: Config = field(default_factory=lambda: Config(break_reasons=("lunch",), dispositions=("sold", "no")))
    rows: list[Row] = field(default_factory=list)


def read(path: Path) -> Iterator[Scenario]:
    """The scenarios of a file; each begins with `# its title`."""
    scenario: Scenario | None = None
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if line.startswith("# "):
            if scenario:
                yield scenario
            scenario = Scenario(line[2:])
        elif "|" in line and scenario:
            at, said, expected = (cell.strip() for cell in line.split("|"))
            scenario.rows.append(Row(number, float(at), said, [word for word in re.split(r",\s*", expected) if word]))
        elif line.strip() and scenario:
            scenario.config = changed(scenario.config, line)
    if scenario:
        yield scenario


def run(scenario: Scenario) -> None:
    """Play a scenario; AssertionError tells the row that came out differently."""
    engine = Engine(number_of=_number_of)
    engine.handle(ev.ConfigChanged(scenario.config), 0.0)
    for row in scenario.rows:
        got = [word for what in inputs(row.said, engine, row.at) for word in words(engine.handle(what, row.at))]
        if row.said.startswith("working"):
            agent = row.said.split()[1]
            for usual in ("ok", f"{agent} not_ready logged_in", "ok", f"{agent} ready"):
                got.remove(usual)
        where = f"{scenario.title}, line {row.line}, {row.said!r}"
        if row.expected[:1] == ["..."]:
            rest = iter(got)
            missing = [word for word in row.expected[1:] if word not in rest]
            assert not missing, f"{where}: {missing} not in {got}"
        else:
            assert got == row.expected, f"{where}: {', '.join(got)}"


def _number_of(typed: str, country: str) -> str:
    """In the country `seven` one dials 8 before numbers of the country, and 810 before those of others."""
    if country != "seven":
        return with_plus(typed, country)
    return f"+{typed[3:]}" if typed.startswith("810") else f"+7{typed[1:]}" if typed.startswith("8") else typed


# What is said, as inputs

_LEG_ENDS = {"lost": ev.LegEnd.LOST, "declined": ev.LegEnd.DECLINED, "unreachable": ev.LegEnd.UNREACHABLE}
_LEG_ENDS |= {"platform": ev.LegEnd.PLATFORM, "no_answer": ev.LegEnd.NO_ANSWER}
_SAYINGS: dict[str, Callable[..., Input]] = {
    "played": ev.PlaybackFinished,
    "answers": ev.LegAnswered,
    "gone": lambda leg, end="": ev.LegEnded(leg, _LEG_ENDS.get(end, ev.LegEnd.NORMAL)),
    "up": ev.DeviceUp,
    "down": ev.DeviceDown,
    "login": rq.LogIn,
    "logout": rq.LogOut,
    "ready": rq.GoReady,
    "break": rq.TakeBreak,
    "decline": rq.Decline,
    "attach": rq.AttachPhone,
    "hold": rq.Hold,
    "resume": rq.Resume,
    "mute": lambda agent, call: rq.SetMuted(agent, call, is_muted=True),
    "hangup": rq.HangUp,
    "outcome": rq.FinishWrapUp,
}


def _call(id_: str, number: str = "", *more: str) -> ev.CallArrived:
    """`call c1 100 hello priority=2 last_agent_id=ann requirements=german:5`: `hello` is the greeting heard last."""
    names, given = _sorted_out(more)
    values = {"caller": "+7911"} | _values(ev.CallArrived, given)
    return ev.CallArrived(id_, number, last_greeting=names[0] if names else "", **values)


def inputs(said: str, engine: Engine, at: float) -> list[Input]:
    """The inputs which a row's middle column stands for."""
    verb, *names = said.split()
    if verb == "working":
        return [ev.DeviceUp(names[0]), rq.LogIn(names[0]), rq.GoReady(names[0])]
    if verb in ("with", "without"):
        return [ev.ConfigChanged(changed(engine.state.config, said))]
    if verb == "timer":
        assert engine.state.timers.get(names[0], at) == at, f"{names[0]} is due at {engine.state.timers[names[0]]}"
        return [ev.TimerFired(names[0])]
    return [
        _call(*names)
        if verb == "call"
        else (_SAYINGS | waiting_words.SAYINGS | journey_words.SAYINGS | talking_words.SAYINGS)[verb](*names)
    ]


def changed(config: Config, line: str) -> Config:
    """The configuration with one more queue, agent or number, or `without` one."""
    kind, *names = line.removeprefix("with ").split()
    if kind == "without" and names[0] in waiting_words.LINES:
        return waiting_words.without(config, names[0], names[1])
    if kind == "without":
        if names[0] == "queue":
            return replace(config, queues={id_: one for id_, one in config.queues.items() if id_ != names[1]})
        return replace(config, agents={id_: one for id_, one in config.agents.items() if id_ != names[1]})
    id_, *rest = names
    if kind == "queue":
        return replace(config, queues={**config.queues, id_: _queue(id_, rest)})
    names, given = _sorted_out(rest)
    lines = waiting_words.LINES | journey_words.LINES | talking_words.LINES
    if kind in lines:
        of, change = lines[kind]
        return change(config, id_, names, _values(of, given))
    if kind == "country":
        return replace(config, country=id_)
    if kind == "number":
        route = NumberRoute(id_, "".join(names[:1]).strip("-"), "".join(names[1:]), **_values(NumberRoute, given))
        return replace(config, numbers={**config.numbers, id_: route})
    assert kind == "agent", line
    memberships = tuple(
        Membership(queue, int(level or 1)) for queue, _, level in (word.partition(":") for word in names)
    )
    skills = {skill: int(proficiency) for skill, proficiency in given.items()}
    agent = Agent(id_, id_.title(), f"PJSIP/{id_}", memberships, skills)
    return replace(config, agents={**config.agents, id_: agent})


def _queue(id_: str, settings: list[str]) -> Queue:
    given = {"wrapup_limit_s": "0", "outcome_required": "no"} | _sorted_out(settings)[1]
    return Queue(id_, id_.title(), **_values(Queue, given))


def _sorted_out(words: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """Plain words, and those of the form name=value."""
    return [word for word in words if "=" not in word], dict(word.split("=") for word in words if "=" in word)


_READ_AS: dict[str, Callable[[str], Any]] = {
    "float": float,
    "int": int,
    "str": str,
    "bool": lambda text: text == "yes",
    "Strategy": Strategy,
    "tuple[str, ...]": lambda text: tuple(text.split("/")),
    "tuple[int, ...]": lambda text: tuple(int(number) for number in text.split("/")),
    "tuple[float, ...]": lambda text: tuple(float(number) for number in text.split("/")),
    "tuple[Requirement, ...]": lambda text: tuple(_requirement(*word.split(":")) for word in text.split("/")),
}


def _requirement(skill: str, at_least: str = "1", relax_after_s: str = "0") -> Requirement:
    return Requirement(skill, int(at_least), float(relax_after_s))


def _values(of: type, given: dict[str, str]) -> dict[str, Any]:
    types = {item.name: str(item.type) for item in fields(of)}
    return {name: (_READ_AS | journey_words.READ_AS)[types[name]](text) for name, text in given.items()}


# What is done, in words

_TEXTS: dict[type, Callable[[Any], str]] = {
    ef.AnswerCall: lambda e: f"answer {e.call_id}",
    ef.PlayPrompt: lambda e: f"play {e.prompt} to {e.call_id}",
    ef.StartMusic: lambda e: f"music for {e.call_id}",
    ef.OfferCall: lambda e: f"{'bring back' if e.auto_answer else 'ring'} {e.agent_id} for {e.call_id}",
    ef.EndLeg: lambda e: f"end {e.leg_id}",
    ef.Accepted: lambda _: "ok",
    ef.Refused: lambda e: f"no: {e.code}",
}
_FACTS: dict[type, Callable[[Any], str]] = {
    fa.AgentStateChanged: lambda f: f"{f.agent_id} {f.current} {f.reason}".strip(),
    fa.CallWidened: lambda f: f"{f.call_id} without {'/'.join(f.skills)}",
    fa.OfferEnded: lambda f: f"offer {f.outcome}",
    fa.CallAnswered: lambda f: f"{f.call_id} waited {f.wait_s:g}",
    fa.HoldEnded: lambda f: f"held {f.held_s:g}",
    fa.AgentLost: lambda f: f"{f.agent_id} lost",
    fa.AgentBack: lambda f: f"{f.agent_id} back after {f.away_s:g}",
    fa.CallRequeued: lambda f: f"{f.call_id} queued again",
    fa.WrapUpEnded: lambda f: f"wrap-up {f.wrapup_s:g} {f.disposition}".strip(),
    fa.CallEnded: lambda f: (
        f"{f.call_id} {f.outcome} by {f.end_reason}"
        + (f" wait {f.wait_s:g}" if f.entered_at else "")
        + (f" talk {f.talk_s:g} hold {f.hold_s:g}" if f.answered_at else "")
    ),
}


def _connected(effect: ef.ConnectLegs) -> str:
    """The two usual arrangements have names: a conversation (`bridge`) and a hold."""
    if effect.together[:1] == (effect.call_id,) and len(effect.together) == 2 and not effect.apart:
        return f"bridge {effect.together[1]}"
    if effect.apart == (effect.call_id,) and len(effect.together) == 1:
        return f"hold {effect.together[0]}"
    return f"together {'+'.join(effect.together)}" + (f" apart {'+'.join(effect.apart)}" if effect.apart else "")


_TEXTS[ef.ConnectLegs] = _connected
_TEXTS |= waiting_words.TEXTS
_FACTS |= waiting_words.FACTS
_TEXTS |= journey_words.TEXTS
_FACTS |= journey_words.FACTS
_TEXTS |= talking_words.TEXTS
_FACTS |= talking_words.FACTS


def words(effects: list[ef.Effect]) -> Iterator[str]:
    """The effects as the right column has them."""
    for effect in effects:
        if isinstance(effect, ef.RecordFact):
            if type(effect.fact) in _FACTS:
                yield _FACTS[type(effect.fact)](effect.fact)
        elif type(effect) in _TEXTS:
            yield _TEXTS[type(effect)](effect)
