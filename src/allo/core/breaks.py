"""May this break be granted now?

*Comfort* always: at once, or at the end of the current call. Every other break with a rule is granted when the staff
that remains keeps each queue's service level for the break's usual length (`Outlook`), and no caller waits whom the
agent could serve. Who may not go yet is told when, or that it goes by turns.

*Turns are fair*: longest since the last break first (comfort does not count), then who asked first. Nobody is granted
a break before somebody with an earlier turn who asks for the same kind and shares a queue with them. Whoever has asked
for `longest_wait_s` goes in any case, before all others; a team leader may grant or refuse any claim. Claims are
looked at again after every request and every `REVIEW_S`.
"""

from __future__ import annotations

from allo.core.agent_states import BUSY, NOT_READY, OFFLINE, READY
from allo.core.break_plan import BreakAnswer, BreakClaim, BreakKind, BreakRule
from allo.core.facts import BreakAnswered
from allo.core.model import Agent
from allo.core.outlook import Outlook, queues_of
from allo.core.refusal import Refusal
from allo.core.requests import AnswerBreak
from allo.core.selection import level_for
from allo.core.state import AgentLive, State
from allo.core.turn import Turn

REVIEW_S = 30.0
"""How often claims are looked at again when nothing else happens."""
STEP_S = 300.0
"""The grid on which later times are tried, and the service level is checked during a break."""
HORIZON_S = 7200.0
"""How far ahead an agent is told a time."""
_TIMER = "breaks:review"


def ask_break(turn: Turn, agent: AgentLive, rule: BreakRule) -> None:
    """An agent at work wants a break that has a rule."""
    if _is_granted(agent, rule.reason):
        return
    if rule.kind is BreakKind.COMFORT:
        _grant(turn, agent, rule.reason, turn.now, "comfort")
        return
    if agent.next_state is OFFLINE:
        agent.next_state, agent.next_reason = READY, ""
    claim = turn.state.break_claims.get(agent.id)
    if claim is None or claim.reason != rule.reason:
        if claim is not None:
            _record(turn, claim, BreakAnswer.WITHDRAWN, "agent")
        turn.state.break_claims[agent.id] = BreakClaim(agent.id, rule.reason, turn.now)


def withdraw_break(turn: Turn, agent: AgentLive) -> Refusal | None:
    """The agent does not want the break any more."""
    claim = turn.state.break_claims.pop(agent.id, None)
    if claim is not None:
        _record(turn, claim, BreakAnswer.WITHDRAWN, "agent")
        turn.touched.add(("agent", agent.id))
    return None


def answer_break(turn: Turn, request: AnswerBreak) -> Refusal | None:
    """A team leader answers instead of the rule."""
    agent = turn.state.agents.get(request.agent_id)
    if agent is None:
        return Refusal.UNKNOWN_AGENT
    claim = turn.state.break_claims.pop(agent.id, None)
    if claim is None:
        return Refusal.NO_BREAK_ASKED
    because = f"leader:{request.leader_id}"
    if request.is_granted:
        _grant(turn, agent, claim.reason, claim.asked_at, because)
    else:
        _record(turn, claim, BreakAnswer.REFUSED, because)
        turn.touched.add(("agent", agent.id))
    return None


def review_breaks(turn: Turn) -> None:
    """Look at all claims in order of turn: grant what may be granted, tell the others when.

    Called after whatever may change the answers; where nobody asks, it does nothing.
    """
    state = turn.state
    if not state.break_claims:
        turn.cancel_timer(_TIMER)
        return
    _drop_stale(turn)
    outlook = Outlook(state, turn.now)
    unplanned: list[tuple[BreakKind, frozenset[str], BreakClaim, float | None]] = []
    for claim in in_turn(state, turn.now):
        if has_comfort(state, claim.agent_id):
            continue  # their other break waits until they are back, and nobody waits for their turn
        rule = state.config.break_rules[claim.reason]
        configured = state.config.agents[claim.agent_id]
        queues = frozenset(queues_of(state, configured))
        rivals = [
            (before, starts_at)
            for kind, theirs, before, starts_at in unplanned
            if kind is rule.kind and theirs & queues
        ]
        starts_at, because = _earliest(turn, outlook, configured, rule, claim, rivals)
        if starts_at is not None:
            outlook.send_away(configured, starts_at, starts_at + rule.typical_s)
        if starts_at == turn.now:
            del state.break_claims[claim.agent_id]
            _grant(turn, state.agents[claim.agent_id], claim.reason, claim.asked_at, because)
        else:
            unplanned.append((rule.kind, queues, claim, starts_at))
            _tell(turn, claim, starts_at, because, place=len(unplanned))
    if not state.break_claims:
        turn.cancel_timer(_TIMER)
    elif _TIMER not in state.timers:
        turn.start_timer(_TIMER, turn.now + REVIEW_S)


def in_turn(state: State, now: float) -> list[BreakClaim]:
    """The claims, whose turn is first coming first."""
    return sorted(state.break_claims.values(), key=lambda claim: turn_of(state, claim, now))


def turn_of(state: State, claim: BreakClaim, now: float) -> tuple[int, float, float, str]:
    """A claim's rank, smallest first: who waited too long, then who worked longest since the last break."""
    if is_overdue(state, claim, now):
        return (0, claim.asked_at, 0.0, claim.agent_id)
    return (1, state.agents[claim.agent_id].rested_at, claim.asked_at, claim.agent_id)


def is_overdue(state: State, claim: BreakClaim, now: float) -> bool:
    """Whether the claim has waited as long as its rule allows."""
    longest_s = state.config.break_rules[claim.reason].longest_wait_s
    return 0 < longest_s <= now - claim.asked_at


def _earliest(
    turn: Turn,
    outlook: Outlook,
    agent: Agent,
    rule: BreakRule,
    claim: BreakClaim,
    rivals: list[tuple[BreakClaim, float | None]],
) -> tuple[float | None, str]:
    """The first instant at which the break may begin (None: not in sight), and why not sooner."""
    if is_overdue(turn.state, claim, turn.now):
        return turn.now, "waited_long_enough"
    why_not = ""
    for before, starts_at in rivals:
        why_not = f"turn_of:{before.agent_id}"
        if starts_at is None:
            return None, why_not
    first = max((starts_at for _, starts_at in rivals if starts_at is not None), default=turn.now)
    if first == turn.now and _somebody_waits_for(turn.state, agent):
        first, why_not = turn.now + STEP_S, "calls_waiting"
    for step in range(int((turn.now + HORIZON_S - first) // STEP_S) + 1):
        at = first + step * STEP_S
        shortage = outlook.shortage(agent, at, at + rule.typical_s, STEP_S)
        if not shortage:
            return at, why_not or "enough_staff"
        why_not = why_not or shortage
    return None, why_not


def _somebody_waits_for(state: State, agent: Agent) -> bool:
    return any(
        not call.offers and level_for(state, call, agent) is not None
        for queue_id in queues_of(state, agent)
        for call in state.waiting.get(queue_id, ())
    )


def _grant(turn: Turn, agent: AgentLive, reason: str, asked_at: float, because: str) -> None:
    claim = BreakClaim(agent.id, reason, asked_at)
    if _is_granted(agent, reason):
        return
    if agent.state in BUSY or agent.lacks_outcome:
        agent.next_state, agent.next_reason = NOT_READY, reason
        turn.touched.add(("agent", agent.id))
        _record(turn, claim, BreakAnswer.AFTER_CALL, because)
    else:
        _record(turn, claim, BreakAnswer.NOW, because)
        turn.move_agent(agent, NOT_READY, reason)
        turn.cancel_timer(f"device:{agent.id}")


def _is_granted(agent: AgentLive, reason: str) -> bool:
    """Whether the agent has this break already, or will have it after the call."""
    if agent.state in BUSY or agent.lacks_outcome:
        return (agent.next_state, agent.next_reason) == (NOT_READY, reason)
    return (agent.state, agent.reason) == (NOT_READY, reason)


def has_comfort(state: State, agent_id: str) -> bool:
    """Whether the agent is on a comfort break, or goes after the call."""
    agent = state.agents[agent_id]
    reason = agent.next_reason if agent.state in BUSY or agent.lacks_outcome else agent.reason
    rule = state.config.break_rules.get(reason)
    return rule is not None and rule.kind is BreakKind.COMFORT


def _tell(turn: Turn, claim: BreakClaim, starts_at: float | None, because: str, *, place: int) -> None:
    answer = BreakAnswer.IN_TURN if starts_at is None else BreakAnswer.LATER
    is_news = answer is not claim.answer or not claim.because
    if is_news or (claim.place, claim.starts_at) != (place, starts_at or 0.0):
        turn.touched.add(("agent", claim.agent_id))
    claim.answer, claim.because, claim.starts_at, claim.place = answer, because, starts_at or 0.0, place
    if is_news:
        _record(turn, claim, answer, because)


def _drop_stale(turn: Turn) -> None:
    """Forget the claims of agents who left, and let go those whose reason needs no rule any more."""
    state = turn.state
    for claim in list(state.break_claims.values()):
        agent = state.agents.get(claim.agent_id)
        is_gone = agent is None or OFFLINE in (agent.state, agent.next_state)
        if is_gone or claim.agent_id not in state.config.agents or claim.reason not in state.config.break_reasons:
            del state.break_claims[claim.agent_id]
            _record(turn, claim, BreakAnswer.WITHDRAWN, "left" if is_gone else "configuration")
        elif agent is not None and claim.reason not in state.config.break_rules:
            del state.break_claims[claim.agent_id]
            _grant(turn, agent, claim.reason, claim.asked_at, "no_rule")


def _record(turn: Turn, claim: BreakClaim, answer: BreakAnswer, because: str) -> None:
    rule = turn.state.config.break_rules.get(claim.reason)
    kind = rule.kind.value if rule is not None else ""
    in_s = claim.starts_at - turn.now if answer is BreakAnswer.LATER else 0.0
    place = claim.place if answer in (BreakAnswer.LATER, BreakAnswer.IN_TURN) else 0
    turn.record(
        BreakAnswered(turn.now, claim.agent_id, claim.reason, kind, claim.asked_at, answer, in_s, place, because)
    )
