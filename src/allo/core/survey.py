"""The survey: a caller who stays when the agent has hung up is asked a few questions, answered by keys, and a comment.

Decides who is asked (a queue with a survey, the agent hung up first, no call-back), what a key means, and when it is
enough: a wrong key or none repeats the question a few times, then the survey ends. Every answer is a fact at once, so
that hanging up at any time keeps what was given. The agent is free, in wrap-up, from the first question on.
"""

from __future__ import annotations

from allo.core.broken_rule import BrokenRuleError
from allo.core.call import Call, Surveyed
from allo.core.call_states import HELD, SURVEY, TALKING
from allo.core.conversation import end_call, take_out
from allo.core.effects import PlayPrompt, RecordMessage
from allo.core.events import MessageRecorded
from allo.core.facts import EndReason, SurveyAnswered, SurveyCommented, SurveyStarted
from allo.core.parties import end_supervision
from allo.core.turn import Turn
from allo.core.wrap_up import begin_wrapup


def is_wanted(turn: Turn, call: Call) -> bool:
    """Whether the caller is asked, now that the agent hangs up."""
    queue = turn.state.queues.get(call.queue_id)
    is_talking = call.state in (TALKING, HELD)
    return queue is not None and queue.survey is not None and is_talking and call.callback is None


def begin_survey(turn: Turn, call: Call) -> None:
    """The agent goes, the caller is asked."""
    survey = turn.state.queues[call.queue_id].survey
    if survey is None:
        raise BrokenRuleError(f"queue {call.queue_id} has no survey")
    end_supervision(turn, call)
    leaving = take_out(turn, call)
    turn.move_call(call, SURVEY)
    call.surveyed = Surveyed(survey, leaving.id)
    turn.record(SurveyStarted(turn.now, call.id, call.queue_id, leaving.id))
    _ask(turn, call, call.surveyed, survey.welcome_prompt)
    begin_wrapup(turn, leaving)


def prompt_played(turn: Turn, call: Call, prompt: str) -> None:
    """After the question an answer is waited for; after the request for a comment it is recorded; then the end."""
    surveyed = _of(call)
    if call.prompts[:1] != [prompt]:
        return
    del call.prompts[0]
    if call.prompts:
        turn.do(PlayPrompt(call.id, call.prompts[0], call.language))
    elif surveyed.is_over:
        end_call(turn, call, EndReason.AGENT_HUNG_UP)
    elif surveyed.question < len(surveyed.survey.questions):
        turn.start_timer(f"survey:{call.id}", turn.now + surveyed.survey.timeout_s)
    else:
        surveyed.recording_id = f"{call.id}-s1"
        turn.do(RecordMessage(call.id, surveyed.recording_id, surveyed.survey.comment_limit_s))


def key_pressed(turn: Turn, call: Call, key: str) -> None:
    """An answer, also in the middle of the question; or no answer at all."""
    surveyed = _of(call)
    if surveyed.is_over or surveyed.question >= len(surveyed.survey.questions):
        return
    turn.cancel_timer(f"survey:{call.id}")
    question = surveyed.survey.questions[surveyed.question]
    if key not in question.keys:
        _again(turn, call, surveyed)
        return
    turn.record(SurveyAnswered(turn.now, call.id, call.queue_id, surveyed.agent_id, question.id, key))
    surveyed.question, surveyed.tries = surveyed.question + 1, 0
    _ask(turn, call, surveyed)


def no_key(turn: Turn, call: Call) -> None:
    """The question has not been answered in time."""
    _again(turn, call, _of(call))


def recorded(turn: Turn, call: Call, event: MessageRecorded) -> None:
    """The comment is there."""
    surveyed = _of(call)
    if event.recording_id == surveyed.recording_id and not surveyed.is_over:
        _keep_comment(turn, call, surveyed, event.length_s)
        _thank(turn, call, surveyed)


def caller_left(turn: Turn, call: Call, reason: EndReason, cause: int) -> None:
    """The caller hung up; a comment that is being spoken is kept, its length unknown."""
    surveyed = _of(call)
    if surveyed.recording_id and not surveyed.is_over:
        _keep_comment(turn, call, surveyed, 0.0)
    end_call(turn, call, reason, cause)


def _ask(turn: Turn, call: Call, surveyed: Surveyed, before: str = "") -> None:
    survey = surveyed.survey
    if surveyed.question < len(survey.questions):
        _play(turn, call, before, survey.questions[surveyed.question].prompt)
    elif survey.comment_prompt:
        _play(turn, call, before, survey.comment_prompt)
    else:
        _thank(turn, call, surveyed)


def _again(turn: Turn, call: Call, surveyed: Surveyed) -> None:
    surveyed.tries += 1
    if surveyed.tries < surveyed.survey.most_tries:
        _ask(turn, call, surveyed)
    else:
        _thank(turn, call, surveyed)


def _thank(turn: Turn, call: Call, surveyed: Surveyed) -> None:
    surveyed.is_over = True
    if surveyed.survey.thanks_prompt:
        _play(turn, call, surveyed.survey.thanks_prompt)
    else:
        end_call(turn, call, EndReason.AGENT_HUNG_UP)


def _keep_comment(turn: Turn, call: Call, surveyed: Surveyed, length_s: float) -> None:
    turn.record(SurveyCommented(turn.now, call.id, call.queue_id, surveyed.agent_id, surveyed.recording_id, length_s))


def _play(turn: Turn, call: Call, *prompts: str) -> None:
    call.prompts = [prompt for prompt in prompts if prompt]
    turn.do(PlayPrompt(call.id, call.prompts[0], call.language))


def _of(call: Call) -> Surveyed:
    if call.surveyed is None:
        raise BrokenRuleError(f"call {call.id} is in a survey that it does not have")
    return call.surveyed
