"""Small days in which callers press keys, leave messages and answer surveys, and others act; worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from allo.core import facts as fa
from allo.core.callers_way import Branch, KeyChoice, Menu, Target, TargetKind, Voicemail, WayOut
from allo.core.engine import Input
from allo.core.events import ConfigChanged, DeviceUp
from allo.core.model import (
    Agent,
    Config,
    Dialling,
    FloodRule,
    Membership,
    NumberRoute,
    PartyKind,
    Queue,
    SupervisionMode,
)
from allo.core.queue_speech import Question, Survey
from allo.core.requests import (
    CompleteTransfer,
    ConsultParty,
    Hold,
    JoinParties,
    Resume,
    SetEmergencyClosed,
    StopSupervising,
    Supervise,
    Transfer,
)
from allo.core.state import State
from allo.sim import Act, AtInstants, Callers, Constant, Listed, Run, Scenario, ScenarioError, Shift, run
from allo.sim.scenario import A_DAY_S

OPEN_S = 1000.0
SALES = Target(TargetKind.QUEUE, "sales")
SUPPORT = Target(TargetKind.QUEUE, "support")
BOX = Target(TargetKind.VOICEMAIL, "box")


def queue(id_: str, **more: object) -> Queue:
    return replace(Queue(id_, id_, wrapup_limit_s=0, outcome_required=False), **more)  # type: ignore[arg-type]


def centre(*queues: Queue, target: Target = SALES, **more: object) -> Config:
    """Number 100 leads to `target`; Ann and Ben serve every queue."""
    queues = queues or (queue("sales"), queue("support"))
    everywhere = tuple(Membership(one.id) for one in queues)
    config = Config(
        queues={one.id: one for one in queues},
        agents={name: Agent(name, name, name, everywhere) for name in ("ann", "ben")},
        numbers={"100": NumberRoute("100", target=target)},
        dialling=Dialling(allowed=("+1*", "+7*")),
    )
    return replace(config, **more)  # type: ignore[arg-type]


def day(
    config: Config, *callers: Callers, acts: tuple[Act, ...] = (), at_work: tuple[str, ...] = ("ann", "ben")
) -> Run:
    shifts = tuple(Shift(name) for name in at_work)
    return run(Scenario(config, callers, shifts, OPEN_S, acts=acts, prompt_s={"which": 3.0, "speak": 2.0}))


def one(at_s: float = 0.0, talk_s: float = 60.0, **more: object) -> Callers:
    return replace(Callers("100", AtInstants([at_s]), Constant(talk_s)), **more)  # type: ignore[arg-type]


def found(played: Run, *kinds: type) -> list[tuple[float, fa.Fact]]:
    return [(fact.at - A_DAY_S, fact) for fact in played.facts if isinstance(fact, kinds)]


def answered(played: Run) -> list[tuple[str, str, str, float]]:
    """Call, queue, agent, wait."""
    return [(f.call_id, f.queue_id, f.agent_id, f.wait_s) for f in played.facts if isinstance(f, fa.CallAnswered)]


def outcomes(played: Run) -> dict[str, fa.Outcome]:
    return {f.call_id: f.outcome for f in played.facts if isinstance(f, fa.CallEnded)}


def test_keys_lead_through_menus_and_who_presses_none_goes_where_the_menu_says() -> None:
    menus = {
        "main": Menu("main", "which", {"2": KeyChoice(Target(TargetKind.MENU, "more"))}, timeout_s=5, otherwise=SALES),
        "more": Menu("more", "which", {"1": KeyChoice(SUPPORT, priority=3)}, most_tries=1),
    }
    config = centre(target=Target(TargetKind.MENU, "main"), menus=menus)
    played = day(config, one(0, keys=("2", "1")), one(1, keys=("9", "2", "1")), one(2))
    assert answered(played) == [
        ("call-1", "support", "ann", 0),
        ("call-2", "support", "ben", 0),
        ("call-3", "sales", "ann", 40),
    ]  # the third is asked three times, 3 + 5 s each, and finds both in a talk
    assert [round(at) for at, _ in found(played, fa.CallEntered)] == [6, 10, 26]


def test_what_is_known_of_callers_leads_them() -> None:
    branches = (Branch(SUPPORT, kinds=("vip",)), Branch(BOX, languages=("fr",)))
    keys = {"1": KeyChoice(SUPPORT)}
    menus = {"main": Menu("main", "which", keys, branches, otherwise=SALES, most_tries=1, timeout_s=1)}
    config = centre(target=Target(TargetKind.MENU, "main"), menus=menus, voicemails={"box": Voicemail("box", "speak")})
    played = day(config, one(0, kind="vip"), one(1, language="fr"), one(2))
    assert [(call, queue_id) for call, queue_id, *_ in answered(played)] == [("call-1", "support"), ("call-3", "sales")]
    assert outcomes(played)["call-2"] is fa.Outcome.LEFT_EARLY  # it was to speak and said nothing


def test_a_customer_of_higher_priority_overtakes() -> None:
    played = day(centre(), one(0), one(1), one(2), one(3, priority=5), at_work=("ann",))
    assert [call for call, *_ in answered(played)] == ["call-1", "call-4", "call-2", "call-3"]


def test_the_last_agent_is_waited_for() -> None:
    config = centre(queue("sales", sticky_s=30.0))
    played = day(config, one(0, 20), one(5, last_agents=("ann",)))
    assert answered(played) == [("call-1", "sales", "ann", 0), ("call-2", "sales", "ann", 15)]
    with pytest.raises(ScenarioError, match="Agent eve is to have answered"):
        day(config, one(0, last_agents=("eve",)))


def test_a_message_becomes_a_call_back_and_no_word_becomes_nothing() -> None:
    config = centre(target=BOX, voicemails={"box": Voicemail("box", "speak", "sales", limit_s=40)})
    callers = Callers("100", AtInstants([0, 100, 200]), Constant(60), message=Listed([25, 0, 500]))
    played = day(config, callers)
    left = [
        (at, fact.call_id, fact.length_s)
        for at, fact in found(played, fa.MessageLeft)
        if isinstance(fact, fa.MessageLeft)
    ]
    assert left == [(27, "call-1", 25), (242, "call-3", 40)]
    assert [call for call, *_ in answered(played)] == ["call-1", "call-3"]
    assert played.unfinished == 0


def test_who_lets_the_agent_hang_up_is_asked() -> None:
    survey = Survey((Question("good", "which", "12"), Question("mark", "which")), comment_prompt="speak")
    config = centre(queue("sales", survey=survey))
    played = day(config, one(0, 60, surveyed=1.0, message=Constant(8)), one(200, 60))
    answers = [
        (fact.question, fact.key) for _, fact in found(played, fa.SurveyAnswered) if isinstance(fact, fa.SurveyAnswered)
    ]
    assert [question for question, _ in answers] == ["good", "mark"]
    assert answers[0][1] in "12"
    (commented,) = (fact for _, fact in found(played, fa.SurveyCommented))
    assert isinstance(commented, fa.SurveyCommented)
    assert commented.length_s == 8
    assert found(played, fa.SurveyStarted)[0][0] == 60


def talking(state: State) -> str:
    """The call of Ann."""
    return state.agents["ann"].call_id


def test_what_people_do_in_a_talk_is_one_talk_until_it_is_passed_on() -> None:
    def act(at_s: float, make: type, *more: object) -> Act:
        return Act(at_s, lambda state: make("ann", talking(state), *more))

    held = (act(5, Hold, ""), act(15, Resume))
    asked = (act(20, ConsultParty, PartyKind.AGENT, "ben"), act(25, JoinParties), act(35, CompleteTransfer))
    played = day(centre(), one(0, 60), acts=held + asked)
    assert played.refused == 0
    (ended,) = (fact for _, fact in found(played, fa.CallEnded))
    assert isinstance(ended, fa.CallEnded)
    assert (ended.at - A_DAY_S, ended.talk_s, ended.hold_s) == (60, 45, 15)  # 10 s held, 5 s until Ben had been asked
    assert found(played, fa.ConferenceStarted)

    passed = day(centre(), one(0, 60), acts=(act(40, Transfer, PartyKind.QUEUE, "support"),))
    assert [at for at, _ in found(passed, fa.CallEnded)] == [100]  # with Ben as long again

    outside = day(centre(), one(0, 60), acts=(act(40, Transfer, PartyKind.NUMBER, "+7999"),))
    assert [at for at, _ in found(outside, fa.CallEnded)] == [100]


def test_a_leader_listens() -> None:
    acts = (
        Act(5, lambda _: DeviceUp("ben")),
        Act(10, lambda state: Supervise("ben", talking(state), SupervisionMode.LISTEN)),
        Act(30, lambda state: StopSupervising("ben", talking(state))),
    )
    played = day(centre(), one(0, 60), acts=acts, at_work=("ann",))
    (ended,) = (fact for _, fact in found(played, fa.SupervisionEnded))
    assert isinstance(ended, fa.SupervisionEnded)
    assert ended.at - A_DAY_S == 30


def test_the_centre_is_closed_and_opened_again_and_what_makes_no_sense_is_refused() -> None:
    away = WayOut(Target(TargetKind.VOICEMAIL, "box"))
    config = centre(queue("sales", when_closed=away), voicemails={"box": Voicemail("box", "speak")})
    acts = (
        Act(50, lambda _: SetEmergencyClosed("ben", "sales", is_closed=True)),
        Act(100, lambda _: SetEmergencyClosed("ben", "sales", is_closed=True, reason="fire")),
        Act(300, lambda _: SetEmergencyClosed("ben", "sales", is_closed=False)),
        Act(301, lambda _: None),
    )
    played = day(config, one(60), one(200, message=Constant(5)), one(310), acts=acts)
    assert played.refused == 1  # without a reason
    assert [call for call, *_ in answered(played)] == ["call-1", "call-3"]
    assert [fact.call_id for _, fact in found(played, fa.MessageLeft) if isinstance(fact, fa.MessageLeft)] == ["call-2"]


def test_many_calls_from_one_number_are_slowed_down_and_hidden_numbers_sent_elsewhere() -> None:
    number = NumberRoute("100", target=SALES, when_anonymous=WayOut(SUPPORT))
    config = centre(numbers={"100": number}, flood=FloodRule(within_s=100, slow_beyond=1, pause_s=20, refuse_beyond=2))
    callers = Callers("100", AtInstants([0, 1, 2]), Constant(5), phone="+7900")
    played = day(config, callers, one(50, hides_number=True), one(51))
    assert [(at, type(fact).__name__) for at, fact in found(played, fa.CallSlowed, fa.CallRefused)] == [
        (1, "CallSlowed"),
        (2, "CallRefused"),
        (50, "CallRefused"),  # by the number's rule for those who hide theirs
    ]
    assert [queue_id for _, queue_id, *_ in answered(played)] == ["sales", "sales", "support", "sales"]


def test_the_set_up_changes_in_the_middle_of_the_day() -> None:
    def without_ann(state: State) -> Input:

        agents = {"ben": state.config.agents["ben"]}
        return ConfigChanged(replace(state.config, agents=agents))

    played = day(centre(), one(0, 5), one(100, 5), acts=(Act(50, without_ann),))
    assert [agent for *_, agent, _ in answered(played)] == ["ann", "ben"]


def test_calls_that_a_queue_sends_on_are_figures_of_that_queue() -> None:
    elsewhere = WayOut(SUPPORT)
    config = centre(
        queue("sales", longest_wait_s=30.0, when_too_long=elsewhere, most_waiting=1, when_full=elsewhere),
        queue("support"),
    )
    played = day(config, one(0, 100), one(1, 5), one(2, 5), at_work=("ann",))
    by_queue = played.by_queue()
    sales, support = by_queue["sales"].calls, by_queue["support"].calls
    assert (sales.entered, sales.flowed_out, sales.turned_away) == (1, 1, 1)
    assert (support.entered, support.flowed_out) == (2, 0)
    assert (played.total.calls.entered, played.total.calls.flowed_out) == (3, 1)
    assert sum(one.calls.flowed_out for one in played.by_interval(60).values()) == 1


def test_a_call_that_was_answered_stays_so_whatever_the_queue_does_that_it_is_passed_to() -> None:
    config = centre(queue("sales"), queue("support", longest_wait_s=30.0))
    passed = Act(40, lambda state: Transfer("ann", talking(state), PartyKind.QUEUE, "support"))
    played = day(config, *(one(at_s, 100) for at_s in (10, 11, 20)), acts=(passed,))
    ended = next(fact for _, fact in found(played, fa.CallEnded))
    assert isinstance(ended, fa.CallEnded)
    assert (ended.call_id, ended.outcome, ended.queue_id) == ("call-1", fa.Outcome.ANSWERED, "sales")
    assert (ended.at, ended.entered_at) == (A_DAY_S + 70, A_DAY_S + 10)  # nobody was free for it in 30 s
    by_queue = played.by_queue()
    assert (by_queue["sales"].calls.answered, by_queue["support"].calls.flowed_out) == (3, 1)
