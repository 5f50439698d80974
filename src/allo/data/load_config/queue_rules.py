"""The rules of queues beside their own row: hours and limits, call-backs, announcements, promises, surveys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from allo.core.callers_way import WayOut
from allo.core.hours import Hours
from allo.core.model import CallbackRules, Queue
from allo.core.queue_speech import Announcing, Promise, Question, Survey
from allo.data import models
from allo.data.targets import way_of


@dataclass(frozen=True, slots=True)
class Heard:
    """What a rule is read with."""

    prompts: Mapping[str, str]
    hours: Mapping[int, Hours]
    music: Mapping[int, str]
    remarks: list[str]

    def prompt(self, pk: int | None, otherwise: str = "") -> str:
        """A prompt with a sound, or the other one."""
        return str(pk) if pk is not None and str(pk) in self.prompts else otherwise

    def open(self, calendar_id: int | None) -> Hours | None:
        """The hours of a calendar; None is always."""
        return None if calendar_id is None else self.hours.get(calendar_id)


def with_rules(
    queues: Mapping[str, Queue], prompts: Mapping[str, str], hours: Mapping[int, Hours], remarks: list[str]
) -> dict[str, Queue]:
    """The queues with their rules."""
    heard = Heard(prompts, hours, {music.pk: music.music_class for music in models.Music.objects.active()}, remarks)
    found = dict(queues)

    def put(rule: Any, **changes: Any) -> None:
        id_ = str(rule.queue_id)
        if id_ in found:
            found[id_] = replace(found[id_], **changes)

    for admission in models.QueueAdmission.objects.active():
        put(admission, **_admission(admission, heard))
    for callback in models.CallbackRule.objects.active():
        put(callback, callback=_callback(callback, heard))
    for announcing in models.QueueAnnouncing.objects.active().prefetch_related("messages"):
        put(announcing, announcing=_announcing(announcing, heard), **_music(announcing, heard))
    for promise in models.AnswerPromise.objects.active():
        put(promise, promise=_promise(promise, heard))
    for survey in models.QueueSurvey.objects.active():
        put(survey, survey=_survey(survey, heard))
    return found


def _admission(rule: models.QueueAdmission, heard: Heard) -> dict[str, Any]:
    prompts = heard.prompts
    nobody = None if rule.waits_for_nobody else way_of(rule.nobody_target, rule.nobody_message_id, prompts)
    return {
        "hours": heard.open(rule.calendar_id),
        "when_closed": way_of(rule.closed_target, rule.closed_message_id, prompts),
        "most_waiting": rule.most_waiting,
        "when_full": way_of(rule.full_target, rule.full_message_id, prompts),
        "longest_wait_s": float(rule.longest_wait_s),
        "when_too_long": way_of(rule.too_long_target, rule.too_long_message_id, prompts),
        "when_nobody_at_work": nobody or (None if rule.waits_for_nobody else WayOut(message="system:closed")),
    }


def _callback(rule: models.CallbackRule, heard: Heard) -> CallbackRules:
    return CallbackRules(
        key=rule.key,
        offer_after_s=float(rule.offer_after_s),
        offer_prompt=heard.prompt(rule.offer_prompt_id, "system:callback_offer"),
        hours=heard.open(rule.calendar_id),
        most_tries=rule.most_tries,
        retry_s=float(rule.retry_s),
        ring_s=float(rule.ring_s),
    )


def _music(rule: models.QueueAnnouncing, heard: Heard) -> dict[str, str]:
    known = heard.music.get(rule.music_id) if rule.music_id is not None else None
    return {"music": known} if known else {}


def _announcing(rule: models.QueueAnnouncing, heard: Heard) -> Announcing:
    messages = (heard.prompt(greeting.pk) for greeting in rule.messages.all())
    return Announcing(
        first_s=float(rule.first_s),
        every_s=float(rule.every_s),
        position=rule.tells_position,
        wait=rule.tells_wait,
        widest_s=rule.widest_min * 60.0,
        messages=tuple(message for message in messages if message),
        comfort_after_s=float(rule.comfort_after_s),
        comfort_message=heard.prompt(rule.comfort_message_id),
    )


def _promise(rule: models.AnswerPromise, heard: Heard) -> Promise | None:
    prompt = heard.prompt(rule.prompt_id)
    if not prompt or rule.amount > rule.daily_budget:
        why = "the prompt that tells the promise is missing" if not prompt else "it costs more than the budget of a day"
        heard.remarks.append(f"queue {rule.queue_id} promises nothing: {why}")
        return None
    can_send = rule.channel is not None and rule.channel.is_active and rule.template is not None
    return Promise(
        within_s=float(rule.within_s),
        prompt=prompt,
        missed_prompt=heard.prompt(rule.missed_prompt_id),
        countdown=tuple(second for second in rule.countdown_seconds if 0 < second < rule.within_s),
        reward=rule.reward,
        amount=rule.amount,
        daily_budget=rule.daily_budget,
        most_waiting=rule.most_waiting,
        least_waiting=rule.least_waiting,
        hours=heard.open(rule.calendar_id),
        kinds=rule.kind_list,
        channel=str(rule.channel_id) if can_send else "",
        template=str(rule.template_id) if can_send else "",
    )


def _survey(rule: models.QueueSurvey, heard: Heard) -> Survey | None:
    asked = ((rule.first_question_id, rule.first_keys), (rule.second_question_id, rule.second_keys))
    prompts = ((heard.prompt(pk), keys) for pk, keys in asked)
    questions = tuple(Question(prompt, prompt, keys) for prompt, keys in prompts if prompt)
    if not questions:
        heard.remarks.append(f"the survey of queue {rule.queue_id} asks nothing: its questions have no sound")
        return None
    return Survey(
        questions=questions,
        welcome_prompt=heard.prompt(rule.welcome_id),
        comment_prompt=heard.prompt(rule.comment_prompt_id),
        comment_limit_s=float(rule.comment_limit_s),
        thanks_prompt=heard.prompt(rule.thanks_id, "system:survey_thanks"),
        timeout_s=float(rule.timeout_s),
        most_tries=rule.most_tries,
    )
