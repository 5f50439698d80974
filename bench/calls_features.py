"""Everything that a queue can be told, on the benchmark's queue, and off again: what does a call pay for features that
it does not use? Rows are switched while control does not run.

Callers here are answered at once and hang up themselves, so that hours, limits, the flood's count, blocks, skills and
the last agent are looked at for every call, while announcements, promises, call-backs and the survey lie ready beside
its way. Greetings and whispers are left out: they are heard, and last as long as they last. Whom a call asks first
stays the same too, so that both ask as many different telephones.
"""

from __future__ import annotations

from typing import Any

ALL_DAY = [[[0, 1440]]] * 7
LANGUAGES = ("English", "German", "Polish", "Greek")
BLOCKS = 100
STICKY_S = 2


def prepare() -> None:
    """Make it all, switched off. Django is set up, the agents are there."""
    from allo.data.actions.caller_ways import (  # noqa: PLC0415
        do_save_announcing,
        do_save_calendar,
        do_save_queue_rule,
    )
    from allo.data.actions.protection import do_save_block, do_save_flood_protection  # noqa: PLC0415
    from allo.data.actions.setting import do_save_customer_kind  # noqa: PLC0415
    from allo.data.actions.skill import do_save_skill, do_set_skills  # noqa: PLC0415
    from allo.data.models import (  # noqa: PLC0415
        AnswerPromise,
        BlockedNumber,
        Calendar,
        CallbackRule,
        CustomerKind,
        FloodProtection,
        Greeting,
        QueueAdmission,
        QueueAnnouncing,
        QueueSurvey,
        Skill,
        User,
    )

    queue = _queue()
    prompt = Greeting.objects.filter(kind="prompt").exclude(audio_file="")[0]
    kind = do_save_customer_kind(None, CustomerKind(name="Bench", priority=2))
    calendar = do_save_calendar(None, Calendar(name="Bench", weekly=ALL_DAY))
    skills = [do_save_skill(None, Skill(name=f"{language} (bench)")) for language in LANGUAGES]
    for place, agent in enumerate(User.objects.filter(is_automatic=True)):
        do_set_skills(None, agent, {skill: 5 + (place + more) % 6 for more, skill in enumerate(skills)})
    admission = QueueAdmission(queue=queue, calendar=calendar, most_waiting=500, longest_wait_s=1800)
    admission.closed_target = admission.full_target = admission.too_long_target = "hang_up"
    do_save_queue_rule(None, admission)
    do_save_announcing(None, QueueAnnouncing(queue=queue, comfort_after_s=60, comfort_message=prompt), [prompt])
    promise = AnswerPromise(queue=queue, reward="a coffee", within_s=60, countdown="", prompt=prompt, amount=100)
    promise.daily_budget, promise.least_waiting, promise.calendar, promise.kinds = 10_000, 1, calendar, str(kind.pk)
    do_save_queue_rule(None, promise)
    do_save_queue_rule(None, CallbackRule(queue=queue, offer_prompt=prompt, calendar=calendar))
    do_save_queue_rule(None, QueueSurvey(queue=queue, first_question=prompt))
    for number in range(BLOCKS):
        do_save_block(None, BlockedNumber(pattern=f"+4999{number:06d}", reason="bench"))
    # Callers' numbers come again in every round: they are counted, and not held up.
    flood = FloodProtection.current()
    flood.slow_beyond = flood.refuse_beyond = 1000
    do_save_flood_protection(None, flood)
    switch(is_on=False)


def switch(*, is_on: bool) -> None:
    """Let it be in force at control's next start, or not."""
    from allo.data.actions.queue import do_save_queue  # noqa: PLC0415
    from allo.data.actions.skill import Asked  # noqa: PLC0415
    from allo.data.models import (  # noqa: PLC0415
        AnswerPromise,
        BlockedNumber,
        CallbackRule,
        ConfigRevision,
        FloodProtection,
        QueueAdmission,
        QueueAnnouncing,
        QueueSurvey,
        Skill,
    )

    for rule in (AnswerPromise, BlockedNumber, CallbackRule, QueueAdmission, QueueAnnouncing, QueueSurvey):
        rule._default_manager.update(is_active=is_on)
    FloodProtection.objects.update(is_on=is_on)
    queue = _queue()
    queue.sticky_s = STICKY_S if is_on else 0
    asked = [Asked(skill, 5, 30) for skill in Skill.objects.filter(name__endswith="(bench)")] if is_on else []
    do_save_queue(None, queue, requirements=asked)
    ConfigRevision.bump()


def _queue() -> Any:
    from allo.data.models import Number  # noqa: PLC0415
    from bench.calls_centre import ALLO  # noqa: PLC0415

    return Number.objects.get(pattern=ALLO).queue
