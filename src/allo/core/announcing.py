"""What callers hear while they wait: their position, the expected wait, messages, comfort; between them music.

Decides what is said when. Nothing is said while the call rings at an agent, and what is playing when it begins to
ring is the last. A position or a wait is told only if it is better than what the caller heard last; the wait only if
`expected_wait` trusts itself and knows it well enough (`Announcing.widest_s`).

This is also where a waiting caller is spoken to by other rules (`say`): the newest words replace what is playing.
"""

from __future__ import annotations

from allo.core.call import Call, Told
from allo.core.effects import PlayPrompt, StartMusic
from allo.core.expected_wait import Guess, Pace, came_out, guess, is_trusted, pass_time, spoken
from allo.core.facts import Announced
from allo.core.queue_speech import Announcing
from allo.core.turn import Turn

LEAST_EVERY_S = 1.0
_SILENT = Announcing(position=False, wait=False)
"""For callers of a queue that announces nothing any more."""


def begin(turn: Turn, call: Call) -> None:
    """The call has got its place in a queue: plan what it will hear, and look at it again when this input is done."""
    queue = turn.state.queues[call.queue_id]
    plan = queue.announcing
    if plan is not None and call.callback is None:
        call.told = Told()
        turn.start_timer(f"speak:{call.id}", turn.now + plan.first_s)
    if plan is not None or queue.promise is not None:
        turn.queued.append(call)


def has_to_wait(turn: Turn, call: Call) -> None:
    """Nobody was free at once: the queue's speed shows in this caller's wait."""
    plan = turn.state.queues[call.queue_id].announcing
    told = call.told
    if plan is not None and plan.wait and told is not None and not told.counts and not call.offers:
        pace = turn.state.paces.setdefault(call.queue_id, Pace(turn.now))
        pass_time(pace, turn.now)
        pace.waiting += 1
        told.counts = True
        _guess(turn, call, pace)


def fall_silent(turn: Turn, call: Call, *, is_answered: bool, has_given_up: bool) -> None:
    """The call leaves its queue: nothing more is said; its wait has come out, or counts for nothing."""
    if call.prompts:
        call.prompts = []
    told, call.told = call.told, None
    if told is None:
        return
    turn.cancel_timer(f"speak:{call.id}")
    pace = turn.state.paces.get(call.queue_id)
    if pace is None or not told.counts:
        return
    if is_answered or has_given_up:
        came_out(pace, told.guesses, turn.now, is_answered=is_answered)
    else:
        pass_time(pace, turn.now)
        pace.waiting -= 1


def say(turn: Turn, call: Call, *prompts: str) -> None:
    """Say something to a waiting caller now, instead of what is playing."""
    call.prompts = list(prompts)
    turn.do(PlayPrompt(call.id, prompts[0], call.language))


def prompt_played(turn: Turn, call: Call, prompt: str) -> None:
    """On with the next prompt, or with music; a late or doubled notice changes nothing."""
    if call.prompts[:1] != [prompt]:
        return
    del call.prompts[0]
    if call.prompts and not call.offers:
        turn.do(PlayPrompt(call.id, call.prompts[0], call.language))
    else:
        call.prompts = []
        turn.do(StartMusic(call.id, turn.state.queues[call.queue_id].music))


def speak(turn: Turn, call: Call) -> None:
    """It is time to say something, if there is something to say and nothing else is going on."""
    plan = turn.state.queues[call.queue_id].announcing or _SILENT
    told = call.told
    if told is None:
        return
    turn.start_timer(f"speak:{call.id}", turn.now + max(plan.every_s, LEAST_EVERY_S))
    has_to_wait(turn, call)
    if call.offers or call.prompts or call.callback is not None:
        return
    position = _position(turn, call)
    is_nearer = plan.position and (not told.position or position < told.position)
    known, why_not = _expected(turn, call, plan, position)
    prompts = [f"say:position:{position}"] if is_nearer else []
    low_min, high_min = spoken(known) if known is not None else (0, 0)
    if known is not None:
        prompts.append(f"say:wait:{low_min}-{high_min}")
        told.high_min = high_min
    prompts += _message(turn, call, plan, told)
    if prompts:
        told.position = position if is_nearer else told.position
        say(turn, call, *prompts)
        turn.record(
            Announced(turn.now, call.id, call.queue_id, tuple(prompts), position, low_min, high_min, why_not or "said")
        )


def _expected(turn: Turn, call: Call, plan: Announcing, position: int) -> tuple[Guess | None, str]:
    """What may be told of the remaining wait, or why nothing is."""
    pace = turn.state.paces.get(call.queue_id)
    if not plan.wait or call.told is None:
        return None, "not_configured"
    known = _guess(turn, call, pace, position) if pace is not None else None
    if pace is None or known is None or not is_trusted(pace):
        return None, "not_certain"
    low_min, high_min = spoken(known)
    if (high_min - low_min) * 60 > plan.widest_s:
        return None, "too_wide"
    if call.told.high_min and high_min >= call.told.high_min:
        return None, "not_better"
    return known, ""


def _guess(turn: Turn, call: Call, pace: Pace, position: int = 0) -> Guess | None:
    """Guess the remaining wait, said or not, and keep it to learn from."""
    known = guess(pace, position or _position(turn, call), turn.now)
    if known is not None and call.told is not None and call.told.counts:
        call.told.guesses.append(known)
    return known


def _position(turn: Turn, call: Call) -> int:
    """1 = next; calls that ring at somebody are as good as answered, parked ones are in nobody's way."""
    place = 1
    for other in turn.state.waiting[call.queue_id]:
        if other is call:
            break
        place += not other.offers and not other.is_parked
    return place


def _message(turn: Turn, call: Call, plan: Announcing, told: Told) -> list[str]:
    waited_s = turn.now - call.entered_at
    if plan.comfort_message and 0 < plan.comfort_after_s <= waited_s and not told.is_comforted:
        told.is_comforted = True
        return [plan.comfort_message]
    messages = turn.state.config.in_language(plan.messages, call.language)
    if messages:
        told.messages += 1
        return [messages[(told.messages - 1) % len(messages)]]
    return []
