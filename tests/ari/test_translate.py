"""Asterisk's messages, as it sends them, and the events they mean."""

import json
from typing import Any

import pytest

from allo.ari.messages import Message, decode_message
from allo.ari.translate import Translator, leg_end
from allo.core.events import (
    CallArrived,
    DeviceDown,
    DeviceUp,
    Event,
    KeyPressed,
    LegAnswered,
    LegEnd,
    LegEnded,
    MessageRecorded,
    PlaybackFinished,
)

CALL = "1795632338.7"


def channel(id_: str = CALL, state: str = "Up", number: str = "+74951234567", name: str = "Ann", **more: Any) -> Any:
    """A channel as Asterisk describes it."""
    return {
        "id": id_,
        "name": "PJSIP/loopback-00000007",
        "state": state,
        "protocol_id": "3c26-abc",
        "caller": {"name": name, "number": number},
        "connected": {"name": "", "number": ""},
        "accountcode": "",
        "dialplan": {
            "context": "inbound",
            "exten": "100",
            "priority": 4,
            "app_name": "Stasis",
            "app_data": "allo,inbound,100",
        },
        "creationtime": "2026-11-25T18:45:22.958+0000",
        "language": "en",
        "channelvars": {"ALLO_SOURCE": "demo"},
        **more,
    }


def message(type_: str, **fields: Any) -> Message:
    """A message as Asterisk sends it."""
    frame = {"type": type_, "application": "allo", "timestamp": "2026-11-25T18:45:22.958+0000", "asterisk_id": "0a"}
    return decode_message(json.dumps({**frame, **fields}))


def told(*messages: Message) -> list[Event]:
    """What a fresh translator makes of them."""
    translator = Translator()
    return [event for one in messages if (event := translator.translate(one)) is not None]


ARRIVES = message("StasisStart", args=["inbound", "100"], channel=channel(state="Ring"))


def test_a_caller_arrives() -> None:
    assert told(ARRIVES) == [CallArrived(CALL, "100", "+74951234567", "Ann")]


def test_without_a_number_in_the_arguments_the_dialled_one_counts() -> None:
    assert told(message("StasisStart", args=["inbound"], channel=channel())) == [
        CallArrived(CALL, "100", "+74951234567", "Ann")
    ]


@pytest.mark.parametrize(
    ("number", "name", "want"),
    [
        ("anonymous", "Anonymous", ("", "")),
        ("", "", ("", "")),
        ("Restricted", "Unavailable", ("", "")),
        ("  +7495 ", " Пётр  ", ("+7495", "Пётр")),
        ("7\x00\x1b[31m495", "a\x07b\u202ec", ("7[31m495", "abc")),
        ("1" * 500, "я" * 5000, ("1" * 32, "я" * 80)),
        ("79990000001", "📞 👩", ("79990000001", "📞 👩")),
        ("79001112233", "79001112233", ("79001112233", "")),  # the number again is no name
    ],
)
def test_callers_are_cleaned(number: str, name: str, want: tuple[str, str]) -> None:
    [event] = told(message("StasisStart", args=["inbound", "100"], channel=channel(number=number, name=name)))
    assert isinstance(event, CallArrived)
    assert (event.caller, event.caller_name) == want


def test_an_agent_answers() -> None:
    assert told(message("StasisStart", args=["agent"], channel=channel(f"{CALL}-a1"))) == [LegAnswered(f"{CALL}-a1")]


def test_a_channel_of_another_purpose_is_nothing() -> None:
    assert told(message("StasisStart", args=[], channel=channel("x"))) == []
    assert told(message("StasisStart", args=["snoop"], channel=channel("x"))) == []


@pytest.mark.parametrize(
    ("cause", "end"),
    [(16, LegEnd.NORMAL), (31, LegEnd.NORMAL), (17, LegEnd.NORMAL)]
    + [(cause, LegEnd.LOST) for cause in (18, 20, 27, 38, 41, 44, 102)],
)
def test_an_answered_leg_ends_once_with_its_cause(cause: int, end: LegEnd) -> None:
    events = told(
        message("StasisStart", args=["agent"], channel=channel(f"{CALL}-a1")),
        message("ChannelHangupRequest", channel=channel(f"{CALL}-a1"), cause=cause),
        message("StasisEnd", channel=channel(f"{CALL}-a1")),
        message("ChannelDestroyed", channel=channel(f"{CALL}-a1"), cause=16, cause_txt="Normal Clearing"),
    )
    assert events == [LegAnswered(f"{CALL}-a1"), LegEnded(f"{CALL}-a1", end, cause)]


@pytest.mark.parametrize(
    ("flag", "end", "cause"),
    [(1, LegEnd.LOST, 44), (32, LegEnd.NORMAL, 16)],  # fell silent; hung up by a request
)
def test_an_end_asked_for_inside_asterisk_has_a_flag_and_no_cause(flag: int, end: LegEnd, cause: int) -> None:
    events = told(
        message("StasisStart", args=["agent"], channel=channel(f"{CALL}-a1")),
        message("ChannelHangupRequest", channel=channel(f"{CALL}-a1"), cause=flag, soft=True),
        message("StasisEnd", channel=channel(f"{CALL}-a1")),
        message("ChannelDestroyed", channel=channel(f"{CALL}-a1"), cause=44),
    )
    assert events[1:] == [LegEnded(f"{CALL}-a1", end, cause)]


def test_a_caller_who_gives_up_before_the_answer_hung_up() -> None:
    events = told(
        ARRIVES,
        message("ChannelHangupRequest", channel=channel(state="Ring"), cause=127),
        message("StasisEnd", channel=channel(state="Ring")),
    )
    assert events[1:] == [LegEnded(CALL, LegEnd.NORMAL, 127)]


@pytest.mark.parametrize(
    ("cause", "sip", "end"),
    [
        (17, 486, LegEnd.DECLINED),
        (17, 600, LegEnd.DECLINED),
        (21, 603, LegEnd.DECLINED),
        (19, 480, LegEnd.DECLINED),
        (17, 0, LegEnd.DECLINED),
        (21, 0, LegEnd.DECLINED),
        (19, 0, LegEnd.NO_ANSWER),
        (18, 0, LegEnd.NO_ANSWER),
        (18, 408, LegEnd.UNREACHABLE),
        (1, 404, LegEnd.UNREACHABLE),
        (38, 500, LegEnd.UNREACHABLE),
        (34, 503, LegEnd.UNREACHABLE),
        (58, 488, LegEnd.UNREACHABLE),
        (20, 0, LegEnd.UNREACHABLE),
        (0, 0, LegEnd.UNREACHABLE),
        (16, 0, LegEnd.UNREACHABLE),
    ],
)
def test_how_a_ringing_leg_ends(cause: int, sip: int, end: LegEnd) -> None:
    translator = Translator()
    translator.legs.add(f"{CALL}-a1")
    destroyed = message("ChannelDestroyed", channel=channel(f"{CALL}-a1", state="Ringing"), cause=cause, tech_cause=sip)
    assert translator.translate(destroyed) == LegEnded(f"{CALL}-a1", end, cause)
    assert translator.translate(destroyed) is None
    assert leg_end(cause, sip, was_up=False) is end


def test_the_end_of_a_channel_that_never_was_ours_is_nothing_and_leaves_nothing() -> None:
    translator = Translator()
    assert translator.translate(message("ChannelHangupRequest", channel=channel(), cause=16)) is None
    assert translator.translate(message("ChannelDestroyed", channel=channel(), cause=16)) is None
    assert translator._causes == {}


@pytest.mark.parametrize("state", ["done", "failed"])
def test_a_prompt_ends(state: str) -> None:
    playback = {
        "id": f"{CALL}~1~system:unknown_number",
        "media_uri": "sound:x",
        "state": state,
        "target_uri": "channel:x",
    }
    translator = Translator()
    translator.playbacks.add(playback["id"])
    ended = message("PlaybackFinished", playback=playback)
    assert translator.translate(ended) == PlaybackFinished(CALL, "system:unknown_number")
    assert translator.translate(ended) is None


def test_a_prompt_that_something_else_has_replaced_tells_nothing() -> None:
    assert told(message("PlaybackFinished", playback={"id": f"{CALL}~1~g", "state": "done"})) == []


def test_keys_of_callers_alone_mean_something() -> None:
    translator = Translator()
    translator.translate(ARRIVES)
    translator.legs |= {f"{CALL}-a1", f"{CALL}-o1"}

    def pressed(id_: str) -> Event | None:
        return translator.translate(message("ChannelDtmfReceived", channel=channel(id_), digit="#", duration_ms=100))

    assert pressed(CALL) == KeyPressed(CALL, "#")
    assert [pressed(id_) for id_ in ("7.7", f"{CALL}-a1", f"{CALL}-o1")] == [None, None, None]
    translator.adopted[f"{CALL}-o1"] = CALL
    assert pressed(f"{CALL}-o1") == KeyPressed(CALL, "#")


def test_an_outside_leg_answers() -> None:
    answered = message("StasisStart", args=["outside"], channel=channel(f"{CALL}-o1"))
    assert told(answered) == [LegAnswered(f"{CALL}-o1")]


def test_a_message_has_been_spoken_or_not() -> None:
    recording = {"name": f"{CALL}-v1", "format": "wav", "state": "done", "duration": 7, "target_uri": f"channel:{CALL}"}
    assert told(message("RecordingFinished", recording=recording)) == [MessageRecorded(CALL, f"{CALL}-v1", 7.0)]
    assert told(message("RecordingFailed", recording=recording)) == [MessageRecorded(CALL, f"{CALL}-v1", 0.0)]


def test_a_playback_of_others_is_nothing() -> None:
    assert told(message("PlaybackFinished", playback={"id": "0a1b", "state": "done"})) == []


def changed(telephone: str, state: str) -> Message:
    """A telephone that comes or goes."""
    return message("PeerStatusChange", endpoint={"technology": "PJSIP", "resource": telephone, "state": state})


@pytest.mark.parametrize(
    ("state", "event"), [("online", DeviceUp("5")), ("offline", DeviceDown("5")), ("unknown", DeviceDown("5"))]
)
def test_telephones(state: str, event: Event) -> None:
    assert told(changed("agent-5", state), changed("agent-5", state)) == [event]


def test_a_telephone_is_news_only_when_something_changed_and_anew_after_a_break() -> None:
    translator = Translator()
    assert translator.translate(changed("agent-5", "online")) == DeviceUp("5")
    assert translator.translate(changed("agent-5", "online")) is None
    assert translator.device("5", is_up=True) is None
    assert translator.device("5", is_up=False) == DeviceDown("5")
    translator.forget()
    assert translator.translate(changed("agent-5", "online")) == DeviceUp("5")


@pytest.mark.parametrize("name", ["web-1", "trunk-1"])
def test_telephones_of_others_are_nothing(name: str) -> None:
    assert told(changed(name, "online")) == []


@pytest.mark.parametrize(
    "kind", ["StasisStart", "StasisEnd", "ChannelDestroyed", "ChannelHangupRequest", "PlaybackFinished", "Unheard"]
)
def test_a_message_without_its_parts_is_nothing(kind: str) -> None:
    assert told(message(kind)) == []
