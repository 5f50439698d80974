"""The answer promise: "if nobody answers within 18 seconds you receive ...", counted down, and paid by a code.

Decides who is promised something: only a caller for whom nobody is free, by the queue's rule (load, hours, kind of
customer) and as long as today's budget covers every promise that is still open. The time begins when the promise has
been spoken. An answer keeps it; nobody's answer, or our sending the call elsewhere, breaks it, and the caller hears
the code; who leaves before, or asks for a call-back, lets it lapse.

The code is a serial number of the day, enciphered with the installation's secret: a permutation, so that no two are
the same, and nobody without the secret can tell one that will be valid from the 10¹² that will not.
"""

from __future__ import annotations

import hmac
from datetime import date

from allo.core.announcing import say
from allo.core.call import Call, Promised
from allo.core.effects import SendMessage
from allo.core.facts import PromiseKept, PromiseLapsed, PromiseMade, PromiseMissed, PromiseWithheld
from allo.core.hours import local_day
from allo.core.queue_speech import Promise
from allo.core.state import PromiseDay
from allo.core.turn import Turn

LONGEST_PROMPT_S = 60.0
"""Should the end of the spoken promise never be noticed, the time begins after so long."""
RETRY_S = 5.0
"""How long after a miss that could not be told, because it rang or the caller pressed keys, it is tried again."""
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""32 signs that cannot be taken for each other (no 0, 1, I, O)."""
_HALF_BITS = 20
_SERIAL_BITS = 24
_FIRST_DAY = date(2020, 1, 1).toordinal()


def consider(turn: Turn, call: Call) -> None:
    """Nobody was free at once: promise the caller something, if the rule and the budget allow it."""
    rule = turn.state.queues[call.queue_id].promise
    if rule is None or call.offers or call.callback is not None or call.promised is not None or call.answered_at:
        return
    day = _today(turn, call.queue_id)
    why_not = _why_not(turn, call, rule, day)
    if why_not:
        turn.record(PromiseWithheld(turn.now, call.id, call.queue_id, why_not))
        return
    day.open_amount += rule.amount
    call.promised = Promised(rule, turn.now, day.day)
    turn.record(PromiseMade(turn.now, call.id, call.queue_id, rule.within_s, rule.amount))
    turn.touched.add(("call", call.id))
    turn.start_timer(f"promise:{call.id}", turn.now + LONGEST_PROMPT_S)
    say(turn, call, rule.prompt)


def begin_countdown(turn: Turn, call: Call, prompt: str) -> None:
    """A prompt has been played: if it was the promise, its time begins now; if it was the code, the caller knows it."""
    promised = call.promised
    if promised is None or call.prompts[:1] != [prompt]:
        return
    if not promised.deadline_at and not promised.is_over and prompt == promised.rule.prompt:
        _set_deadline(turn, call, promised)
    elif promised.code and prompt == _code_prompt(promised):
        promised.is_told = True
        turn.cancel_timer(f"promise:{call.id}")


def time_passes(turn: Turn, call: Call) -> None:
    """The next second to be spoken has come, or the end."""
    promised = call.promised
    if promised is None:
        return
    if promised.code:
        _tell_code(turn, call, can_wait=bool(call.prompts))
    elif not promised.deadline_at:
        _set_deadline(turn, call, promised)
    elif turn.now >= promised.deadline_at:
        _miss(turn, call, promised, "nobody_answered")
        _tell_code(turn, call)
    else:
        left_s = promised.deadline_at - turn.now
        if not call.offers and call.callback is None:
            say(turn, call, f"say:seconds:{round(left_s)}")
        _await_next(turn, call, promised)


def settle(turn: Turn, call: Call, *, is_answered: bool, has_given_up: bool) -> None:
    """The call leaves its queue: what became of the promise, if it was still open?"""
    promised = call.promised
    if promised is None:
        return
    turn.cancel_timer(f"promise:{call.id}")
    if promised.code or promised.is_over:
        return
    if is_answered:
        _close(turn, call, promised, 0)
        turn.record(PromiseKept(turn.now, call.id, call.queue_id, turn.now - promised.made_at))
    elif has_given_up:
        _lapse(turn, call, promised, "caller_left")
    else:
        _miss(turn, call, promised, "sent_on")


def callback_agreed(turn: Turn, call: Call) -> None:
    """The caller is to be called back, and listens no more: an open promise is given up."""
    turn.cancel_timer(f"promise:{call.id}")
    if call.promised is not None and not call.promised.is_over:
        _lapse(turn, call, call.promised, "callback")


def words_owed(call: Call) -> list[str]:
    """The prompts that tell the caller of a broken promise what they have not heard yet."""
    promised = call.promised
    if promised is None or not promised.code or promised.is_told:
        return []
    return [prompt for prompt in (promised.rule.missed_prompt, _code_prompt(promised)) if prompt]


def code_of(secret: str, day: str, serial: int) -> str:
    """The compensation code for a day (`2026-03-08`) and a serial number on it: eight signs.

    A Feistel network of four rounds over 40 bits (Luby & Rackoff 1988), its rounds being HMAC-SHA256.
    """
    number = ((date.fromisoformat(day).toordinal() - _FIRST_DAY) << _SERIAL_BITS) | serial
    left, right = number >> _HALF_BITS, number & ((1 << _HALF_BITS) - 1)
    for turn_number in range(4):
        seen = hmac.digest(secret.encode(), b"code:%d:%d" % (turn_number, right), "sha256")
        left, right = right, left ^ (int.from_bytes(seen[:4], "big") >> (32 - _HALF_BITS))
    number = (left << _HALF_BITS) | right
    return "".join(_ALPHABET[(number >> shift) & 31] for shift in range(35, -1, -5))


def _why_not(turn: Turn, call: Call, rule: Promise, day: PromiseDay) -> str:
    others = sum(not other.is_absent for other in turn.state.waiting[call.queue_id]) - 1
    if not turn.state.config.secret or not rule.prompt:
        return "not_configured"
    if rule.hours is not None and not rule.hours.is_open(turn.now):
        return "hours"
    if rule.kinds and call.customer_kind not in rule.kinds:
        return "customer_kind"
    if others < rule.least_waiting or (rule.most_waiting and others > rule.most_waiting):
        return "load"
    if day.paid_amount + day.open_amount + rule.amount > rule.daily_budget:
        return "budget"
    return ""


def _code_prompt(promised: Promised) -> str:
    return f"say:code:{promised.code}"


def _today(turn: Turn, queue_id: str) -> PromiseDay:
    today = local_day(turn.state.config.zone, turn.now)
    day = turn.state.promise_days.get(queue_id)
    if day is None or day.day != today:
        # promises that are still open at midnight are paid from the day on which they were made
        day = turn.state.promise_days[queue_id] = PromiseDay(today)
    return day


def _set_deadline(turn: Turn, call: Call, promised: Promised) -> None:
    promised.deadline_at = turn.now + promised.rule.within_s
    turn.touched.add(("call", call.id))
    _await_next(turn, call, promised)


def _await_next(turn: Turn, call: Call, promised: Promised) -> None:
    """The next instant at which something is said or decided."""
    spoken = [promised.deadline_at - seconds for seconds in promised.rule.countdown]
    next_at = min((at for at in spoken if at > turn.now), default=promised.deadline_at)
    turn.start_timer(f"promise:{call.id}", next_at)


def _miss(turn: Turn, call: Call, promised: Promised, because: str) -> None:
    state, rule = turn.state, promised.rule
    today = local_day(state.config.zone, turn.now)
    if state.codes_on < today:  # in another zone it may be yesterday again, whose codes are given out
        state.codes_on, state.codes_issued = today, 0
    promised.code = code_of(state.config.secret, state.codes_on, state.codes_issued)
    state.codes_issued += 1
    _close(turn, call, promised, rule.amount)
    turn.record(PromiseMissed(turn.now, call.id, call.queue_id, promised.code, rule.amount, because))
    if rule.channel:
        values = (("code", promised.code), ("amount", str(rule.amount)))
        turn.do(SendMessage(call.id, rule.channel, call.caller, call.customer_id, rule.template, values, call.language))


def _tell_code(turn: Turn, call: Call, *, can_wait: bool = False) -> None:
    """Speak the code until it has been heard; not while it rings (should an agent answer, they see it)."""
    if not call.offers and call.callback is None and not can_wait:
        say(turn, call, *words_owed(call))
    turn.start_timer(f"promise:{call.id}", turn.now + RETRY_S)


def _lapse(turn: Turn, call: Call, promised: Promised, because: str) -> None:
    _close(turn, call, promised, 0)
    turn.record(PromiseLapsed(turn.now, call.id, call.queue_id, because))


def _close(turn: Turn, call: Call, promised: Promised, paid_amount: int) -> None:
    promised.is_over = True
    day = turn.state.promise_days.get(call.queue_id)
    if day is not None and day.day == promised.day:
        day.open_amount -= promised.rule.amount
        day.paid_amount += paid_amount
    turn.touched.add(("call", call.id))
