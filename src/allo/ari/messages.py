"""The parts of Asterisk's messages that Allo reads, as types. Decodes; decides nothing.

One websocket carries events and the answers to requests; `Message` has the fields of all of them that matter
here, so that each arriving text is decoded once. Everything else in a message is skipped while parsing.
"""

from __future__ import annotations

import msgspec


class CallerId(msgspec.Struct, frozen=True, gc=False):
    """Who a channel says it is."""

    number: str = ""
    name: str = ""


class Dialplan(msgspec.Struct, frozen=True, gc=False):
    """Where in the dialplan a channel is."""

    exten: str = ""
    app_name: str = ""
    app_data: str = ""


class Channel(msgspec.Struct, frozen=True):
    """One party's line inside Asterisk."""

    id: str
    name: str = ""
    state: str = ""
    """`Down`, `Ring` (calls us), `Ringing` (we call it), `Up`."""
    caller: CallerId = CallerId()
    dialplan: Dialplan = Dialplan()
    channelvars: dict[str, str] = {}
    """Variables of ours (ari.conf)."""


class Bridge(msgspec.Struct, frozen=True):
    """A place where channels hear each other."""

    id: str
    channels: list[str] = []
    creator: str = ""


class Endpoint(msgspec.Struct, frozen=True):
    """A telephone or a line that Asterisk knows."""

    resource: str
    technology: str = "PJSIP"
    state: str | None = None
    """`online`, `offline` or `unknown`."""
    channel_ids: list[str] = []


class Playback(msgspec.Struct, frozen=True):
    """A sound being played; its id is ours (`names.playback`)."""

    id: str
    state: str = ""


class Recording(msgspec.Struct, frozen=True, gc=False):
    """A spoken message; its name is ours."""

    name: str
    duration: int = 0
    """Whole seconds."""


class Message(msgspec.Struct, frozen=True):
    """One text from the websocket: an event, or the answer (`RESTResponse`) to a request."""

    type: str
    channel: Channel | None = None
    args: list[str] = []
    cause: int = 0
    """By ITU-T Q.850; where an end is asked for inside Asterisk (`soft`), a flag that says by whom."""
    tech_cause: int = 0
    soft: bool = False
    digit: str = ""
    playback: Playback | None = None
    recording: Recording | None = None
    endpoint: Endpoint | None = None
    request_id: str = ""
    status_code: int = 0
    message_body: str = ""


class Variable(msgspec.Struct, frozen=True, gc=False):
    """A global variable."""

    value: str = ""


class Field(msgspec.Struct, frozen=True, gc=False):
    """One setting of an object of the run-time configuration."""

    attribute: str
    value: str = ""


class _Status(msgspec.Struct, frozen=True):
    startup_time: str = ""


class AsteriskInfo(msgspec.Struct, frozen=True):
    """What `GET /asterisk/info` says."""

    status: _Status = _Status()


decode_message = msgspec.json.Decoder(Message).decode
decode_channels = msgspec.json.Decoder(list[Channel]).decode
decode_bridges = msgspec.json.Decoder(list[Bridge]).decode
decode_endpoints = msgspec.json.Decoder(list[Endpoint]).decode
decode_fields = msgspec.json.Decoder(list[Field]).decode
decode_variable = msgspec.json.Decoder(Variable).decode
decode_info = msgspec.json.Decoder(AsteriskInfo).decode
