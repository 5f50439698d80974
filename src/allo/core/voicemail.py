"""Voicemail: the caller leaves a spoken message, which becomes a call-back in a queue, with the recording.

Decides what counts as a message (not what is too short) and what becomes of it: work for an agent where the voicemail
names a queue and the caller's number may be dialled; else it is only kept. The end of the recording and the end of the
caller's leg may come in either order; a recording that never comes is not waited for long.
"""

from __future__ import annotations

from allo.core.broken_rule import BrokenRuleError
from allo.core.call import Call, Callback, Message
from allo.core.call_states import VOICEMAIL, WAITING
from allo.core.callback import schedule
from allo.core.callers_way import Voicemail
from allo.core.conversation import end_call
from allo.core.effects import EndLeg, PlayPrompt, RecordMessage
from allo.core.events import MessageRecorded
from allo.core.facts import CallEntered, EndReason, MessageLeft
from allo.core.turn import Turn
from allo.core.waiting import enter

MOST_TRIES = 2
RECORDING_GRACE_S = 10.0
"""How long the recording is waited for when the caller has hung up."""
THANKS_PROMPT = "system:message_thanks"


def begin_voicemail(turn: Turn, call: Call, voicemail: Voicemail) -> None:
    """Ask for a message."""
    turn.move_call(call, VOICEMAIL)
    call.voicemail, call.message = voicemail, Message()
    _play(turn, call, voicemail.prompt)


def prompt_played(turn: Turn, call: Call, prompt: str) -> None:
    """After the prompt record, after the thanks let the caller go."""
    message = _message_of(call)
    if call.prompts[:1] != [prompt]:
        return
    call.prompts.clear()
    if message.length_s:
        turn.do(EndLeg(call.id))
        _keep(turn, call, message)
        return
    message.tries += 1
    message.recording_id = f"{call.id}-v{message.tries}"
    turn.do(RecordMessage(call.id, message.recording_id, _voicemail_of(call).limit_s))


def recorded(turn: Turn, call: Call, event: MessageRecorded) -> None:
    """The message is there, or something too short to be one."""
    message, voicemail = _message_of(call), _voicemail_of(call)
    if event.recording_id != message.recording_id or message.length_s or call.prompts:
        return
    if event.length_s >= max(voicemail.shortest_s, 0.1):
        message.length_s = event.length_s
        turn.record(MessageLeft(turn.now, call.id, voicemail.id, message.recording_id, event.length_s))
        turn.touched.add(("call", call.id))
        if message.is_caller_gone:
            _keep(turn, call, message)
        else:
            _play(turn, call, THANKS_PROMPT)
    elif message.is_caller_gone:
        end_call(turn, call, EndReason.CALLER_HUNG_UP)
    elif message.tries < MOST_TRIES:
        _play(turn, call, voicemail.prompt)
    else:
        end_call(turn, call, EndReason.NO_MESSAGE)


def caller_left(turn: Turn, call: Call, reason: EndReason, cause: int) -> None:
    """The caller hung up: before, during or after the message."""
    message = _message_of(call)
    if message.length_s:
        _keep(turn, call, message)
    elif message.recording_id and not call.prompts and not message.is_caller_gone:
        message.is_caller_gone = True
        turn.start_timer(f"voicemail:{call.id}", turn.now + RECORDING_GRACE_S)
    elif not message.is_caller_gone:
        end_call(turn, call, reason, cause)


def never_recorded(turn: Turn, call: Call) -> None:
    """No recording came of it."""
    end_call(turn, call, EndReason.CALLER_HUNG_UP)


def _keep(turn: Turn, call: Call, message: Message) -> None:
    """Make the message work for a queue, or let it be."""
    turn.cancel_timer(f"voicemail:{call.id}")
    queue = turn.state.queues.get(_voicemail_of(call).queue_id)
    if queue is None or not turn.state.config.may_dial(call.caller):
        end_call(turn, call, EndReason.MESSAGE_LEFT)
        return
    call.voicemail, call.message, call.prompts = None, None, []
    call.queue_id = queue.id
    call.callback = Callback(
        call.caller, agreed_at=turn.now, is_alone=True, is_parked=True, recording_id=message.recording_id
    )
    turn.move_call(call, WAITING)
    position = enter(turn, call)
    turn.record(CallEntered(turn.now, call.id, queue.id, position))
    schedule(turn, call, call.callback)


def _play(turn: Turn, call: Call, prompt: str) -> None:
    call.prompts = [prompt]
    turn.do(PlayPrompt(call.id, prompt, call.language))


def _message_of(call: Call) -> Message:
    if call.message is None:
        raise BrokenRuleError(f"call {call.id} is in a voicemail and has no message")
    return call.message


def _voicemail_of(call: Call) -> Voicemail:
    if call.voicemail is None:
        raise BrokenRuleError(f"call {call.id} is in a voicemail that it does not have")
    return call.voicemail
