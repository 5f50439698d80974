"""A small centre for tests: two queues, three agents, and inputs as Hypothesis makes them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from allo.core import events as ev
from allo.core import requests as rq
from allo.core.effects import Effect, SendMessage
from allo.core.engine import Input
from allo.core.facts import Fact
from allo.core.model import (
    Agent,
    CallbackRules,
    Config,
    Dialling,
    HoldReason,
    Membership,
    NumberRoute,
    PartyKind,
    Queue,
    SupervisionMode,
)
from allo.core.queue_speech import Promise, Question, Survey

AGENTS = ("1", "2", "3")
CALLS = tuple(f"c{number}" for number in range(1, 7))


def config(revision: int = 1, **sales: Any) -> Config:
    """Queues 10 and 20, numbers 100 and 200; agent 1 in both, 2 in the first, 3 in the second."""
    both = (Membership("10"), Membership("20"))
    return Config(
        revision,
        {"10": Queue("10", "Sales", greetings=("7",), **sales), "20": Queue("20", "Support", outcome_required=False)},
        {
            "1": Agent("1", "Ann", "PJSIP/agent-1", both),
            "2": Agent("2", "Bob", "PJSIP/agent-2", both[:1]),
            "3": Agent("3", "Eve", "PJSIP/agent-3", both[1:]),
        },
        {"100": NumberRoute("100", "10"), "200": NumberRoute("200", "20")},
        break_reasons=("5",),
        dispositions=("9",),
    )


def smaller(revision: int, agents: tuple[str, ...], queue: str) -> Config:
    """The same with these agents alone, in one queue alone, or ("") in both: the others were deleted."""
    whole = config(revision)
    queues = {id_: one for id_, one in whole.queues.items() if queue in ("", id_)}
    kept = {
        id_: replace(one, memberships=tuple(m for m in one.memberships if m.queue_id in queues))
        for id_, one in whole.agents.items()
        if id_ in agents
    }
    numbers = {id_: one for id_, one in whole.numbers.items() if one.queue_id in queues}
    return replace(whole, queues=queues, agents=kept, numbers=numbers)


SECRET = "known here alone"
PROMISE = Promise(
    prompt="11", missed_prompt="12", countdown=(5,), amount=450, daily_budget=4500, channel="1", template="2"
)
SURVEY = Survey((Question("13", "13"), Question("14", "14", "12")), comment_prompt="15", timeout_s=5.0)


def rich(revision: int = 1) -> Config:
    """The same centre with promises, a survey, call-backs, outside numbers and reasons for a hold."""
    whole = config(revision, promise=PROMISE, survey=SURVEY, callback=CallbackRules(retry_s=15.0))
    return replace(
        whole,
        secret=SECRET,
        dialling=Dialling(("+7*",)),
        hold_reasons={"3": HoldReason("3", limit_s=5.0)},
    )


def opening(agents: tuple[str, ...] = AGENTS) -> list[Input]:
    """A configuration, and these agents ready."""
    found: list[Input] = [ev.ConfigChanged(config())]
    for id_ in agents:
        found += [ev.DeviceUp(id_), rq.LogIn(id_), rq.GoReady(id_)]
    return found


def conversation(call_id: str = "c1") -> list[Input]:
    """A call to queue 10, answered by the first agent who is offered it, held, and ended by the caller."""
    leg = f"{call_id}-a1"
    return [
        ev.CallArrived(call_id, "100", "+79991234567"),
        ev.PlaybackFinished(call_id, "7"),
        ev.LegAnswered(leg),
        rq.Hold("1", call_id),
        rq.Resume("1", call_id),
        ev.LegEnded(call_id),
        rq.FinishWrapUp("1", call_id, "9"),
    ]


_call, _agent = st.sampled_from(CALLS), st.sampled_from((*AGENTS, "nobody"))
_leg = st.builds("{}-a{}".format, _call, st.integers(1, 3)) | st.builds("{}-o{}".format, _call, st.integers(1, 2))
_prompt = st.sampled_from(("7", "11", "12", "13", "14", "15", "system:callback_agreed"))
_kind, _party = st.sampled_from(PartyKind), st.sampled_from(("1", "2", "3", "10", "20", "+7911"))
INPUTS: st.SearchStrategy[Input] = st.one_of(
    st.builds(
        ev.CallArrived, _call, st.sampled_from(("100", "200", "999")), st.sampled_from(("", "+79991234567", "😡"))
    ),
    st.builds(ev.PlaybackFinished, _call, _prompt),
    st.builds(ev.KeyPressed, _call, st.sampled_from("125*#")),
    st.builds(ev.MessageRecorded, _call, st.builds("{}-s1".format, _call), st.sampled_from((0.0, 4.5))),
    st.builds(ev.ConfigChanged, st.builds(rich, st.integers(1, 9))),
    st.builds(ev.LegAnswered, _leg),
    st.builds(ev.LegEnded, _call | _leg, st.sampled_from(ev.LegEnd)),
    st.builds(ev.DeviceUp, _agent),
    st.builds(ev.DeviceDown, _agent),
    st.builds(ev.ConfigChanged, st.builds(config, st.integers(1, 9), wrapup_limit_s=st.sampled_from((0.0, 5.0)))),
    st.builds(
        ev.ConfigChanged,
        st.builds(
            smaller, st.integers(1, 9), st.sampled_from((("1",), ("2", "3"), AGENTS)), st.sampled_from(("", "10", "20"))
        ),
    ),
    st.builds(rq.LogIn, _agent),
    st.builds(rq.LogOut, _agent),
    st.builds(rq.GoReady, _agent),
    st.builds(rq.TakeBreak, _agent, st.sampled_from(("5", "nonsense"))),
    st.builds(rq.AttachPhone, _agent),
    st.builds(rq.Decline, _agent, _call),
    st.builds(rq.Hold, _agent, _call, st.sampled_from(("", "3"))),
    st.builds(rq.Transfer, _agent, _call, _kind, _party),
    st.builds(rq.ConsultParty, _agent, _call, _kind, _party),
    st.builds(rq.JoinParties, _agent, _call),
    st.builds(rq.CompleteTransfer, _agent, _call),
    st.builds(rq.Supervise, _agent, _call, st.sampled_from(SupervisionMode)),
    st.builds(rq.TakeOver, _agent, _call),
    st.builds(rq.CancelCallback, st.just("9"), _call),
    st.builds(rq.Resume, _agent, _call),
    st.builds(rq.SetMuted, _agent, _call, st.booleans()),
    st.builds(rq.HangUp, _agent, _call),
    st.builds(rq.FinishWrapUp, _agent, _call, st.sampled_from(("", "9", "nonsense"))),
)


class Outputs:
    """Keeps what a runner hands over."""

    def __init__(self) -> None:
        self.effects: list[Effect] = []
        self.facts: list[tuple[int, int, Fact | SendMessage]] = []
        self.rebuilds = 0

    def carry_out(self, effect: Effect) -> None:
        self.effects.append(effect)

    def record(self, seq: int, index: int, fact: Fact | SendMessage) -> None:
        self.facts.append((seq, index, fact))

    def changed(self) -> None:
        pass

    def rebuilt(self) -> None:
        self.rebuilds += 1
