"""Who hears whom: the one place that says which parties of a call talk together and which are alone with music.

Pure reads of a call. `connect` asks for the arrangement that the call's state means; asking twice is harmless, so that
a restarted centre puts right what it finds by asking again.

    TALKING                caller + agent            asked party (put aside): music
    TALKING, conference    caller + agent + asked party
    HELD                   agent                     caller: music
    HELD, consulting       agent + asked party       caller: music
    FORWARDED              caller + outside number
A leader who has stepped in is together with whoever talks; one who listens or whispers is beside them (`supervision`).
"""

from __future__ import annotations

from allo.core.call import Call, ConsultState
from allo.core.call_states import FORWARDED, HELD, TALKING
from allo.core.effects import ConnectLegs, SuperviseLeg
from allo.core.frozen import frozen
from allo.core.model import SupervisionMode
from allo.core.turn import Turn


@frozen
class Hearing:
    """Legs that hear each other, and legs that hear music; a caller's leg has the call's id."""

    together: tuple[str, ...]
    apart: tuple[str, ...] = ()


def hearing(call: Call) -> Hearing | None:
    """The arrangement of a call in a conversation; None for one that is in none."""
    together, apart = [call.leg_id], []
    if call.state in (TALKING, FORWARDED):
        together.insert(0, call.id)
    elif call.state is HELD:
        apart.append(call.id)
    else:
        return None
    consult = call.consult
    if consult is not None and consult.state is not ConsultState.RINGING:
        is_with_us = (consult.state is ConsultState.JOINED) or (call.state is HELD)
        (together if is_with_us else apart).append(consult.leg_id)
    supervision = call.supervision
    if supervision is not None and supervision.is_there and supervision.mode is SupervisionMode.BARGE:
        together.append(supervision.leg_id)
    return Hearing(tuple(together), tuple(apart))


def connect(turn: Turn, call: Call) -> None:
    """Let everybody hear what they should."""
    who = hearing(call)
    if who is not None:
        queue = turn.state.queues.get(call.queue_id)
        turn.do(ConnectLegs(call.id, who.together, who.apart, queue.music if queue else "default"))
        leader = call.supervision
        if leader is not None and leader.is_there and leader.mode is not SupervisionMode.BARGE:
            turn.do(SuperviseLeg(call.id, leader.leg_id, call.leg_id, leader.mode is SupervisionMode.WHISPER))
