"""Changes of what happens to callers: hours, limits, voicemail, call-backs, announcements, promises, messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.db import transaction

from allo.data.actions.changes import save_change
from allo.data.actions.sound_files import store_sound
from allo.data.models import Greeting, Music, QueueAnnouncing

if TYPE_CHECKING:
    from collections.abc import Collection

    from allo.data.models import (
        AnswerPromise,
        Calendar,
        CallbackRule,
        MessageChannel,
        MessageTemplate,
        QueueAdmission,
        QueueAlertLimits,
        QueueSurvey,
        User,
        VoicemailBox,
    )
    from allo.data.sounds import Sound

    RuleT = TypeVar("RuleT", QueueAdmission, CallbackRule, AnswerPromise, QueueSurvey, QueueAlertLimits)

MUSIC_FOLDER = "music"


def do_save_calendar(actor: User | None, calendar: Calendar) -> Calendar:
    """Create or change opening hours; all that share them follow at once."""
    return save_change(actor, calendar)


def do_save_queue_rule(actor: User | None, rule: RuleT) -> RuleT:
    """Create or change a rule of a queue."""
    return save_change(actor, rule)


def do_save_announcing(
    actor: User | None, announcing: QueueAnnouncing, messages: Collection[Greeting]
) -> QueueAnnouncing:
    """Create or change what waiting callers of a queue hear."""
    with transaction.atomic():
        old = [] if announcing._state.adding else list(announcing.messages.all())
        more: dict[str, Any] = {}
        if {one.pk for one in old} != {one.pk for one in messages}:
            more["messages"] = [[one.title for one in old], [one.title for one in messages]]
        save_change(actor, announcing, more)
        if more:
            announcing.messages.set(messages)
    return announcing


def do_save_voicemail_box(actor: User | None, box: VoicemailBox) -> VoicemailBox:
    """Create or change a voicemail box."""
    return save_change(actor, box)


def do_save_channel(actor: User | None, channel: MessageChannel) -> MessageChannel:
    """Create or change a way for messages; its secrets never appear in the audit."""
    return save_change(actor, channel)


def do_save_template(actor: User | None, template: MessageTemplate) -> MessageTemplate:
    """Create or change what a message says."""
    return save_change(actor, template)


def do_save_music(actor: User | None, music: Music, sound: Sound | None = None) -> Music:
    """Create or change music. Each piece has a folder of its own, which is a music class of Asterisk's."""
    with transaction.atomic():
        if music._state.adding:
            save_change(actor, music)
        if sound is not None:
            music.audio_file = store_sound(sound, f"{MUSIC_FOLDER}/{music.music_class}", replaces=music.audio_file)
            music.duration_s = sound.duration_s
        return save_change(actor, music)
