"""How inputs, requests and the state are written down: JSON, by the names and fields of the core's dataclasses.

Decides nothing about calls. Every input is `{"type": <class name>, **fields}` on the wire and
`[seq, at, <class name>, {fields}]` in the journal. Text that does not fit raises BadInputError with a sentence.
"""

from __future__ import annotations

from typing import Any, get_args

import msgspec

from allo.core import events, requests
from allo.core.broken_rule import BrokenRuleError
from allo.core.engine import Input
from allo.core.state import State, restored

REQUESTS: dict[str, type] = {kind.__name__: kind for kind in get_args(requests.Request)}
INPUTS: dict[str, type] = {kind.__name__: kind for kind in get_args(events.Event)} | REQUESTS

LONGEST_WORD = 256
"""No id, reason or outcome code is longer; a longer one is a mistake or an attack."""

UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""What msgspec raises for text it cannot read: bad JSON or fields, bytes that are no text, endless nesting."""

_decoders: dict[str, msgspec.json.Decoder[Any]] = {name: msgspec.json.Decoder(kind) for name, kind in INPUTS.items()}
_encoder = msgspec.json.Encoder()
_state_decoder = msgspec.json.Decoder(State)


class BadInputError(ValueError):
    """The message says what is wrong with the text."""


def encode_line(seq: int, at: float, what: Input) -> bytes:
    """One line of the journal, with its line break.

    Raises BadInputError for what could not be read again: it would be missing after a restart, unsaid.
    """
    name = type(what).__name__
    try:
        fields = _encoder.encode(what)
    except (UnicodeEncodeError, TypeError) as error:
        raise BadInputError(f"{name}: {error}") from error
    decode_input(name, fields)
    return _encoder.encode((seq, at, name, msgspec.Raw(fields))) + b"\n"


def decode_input(name: str, fields: bytes) -> Input:
    """An input from the journal. Raises BadInputError."""
    decoder = _decoders.get(name)
    if decoder is None:
        raise BadInputError(f"there is no input called {name!r}")
    try:
        what: Input = decoder.decode(fields)
    except UNREADABLE as error:
        raise BadInputError(f"{name}: {error}") from error
    return what


def decode_request(body: bytes) -> requests.Request:
    """A request as the web sends it. Raises BadInputError."""
    try:
        fields = msgspec.json.decode(body)
    except UNREADABLE as error:
        raise BadInputError(f"The request is not JSON: {error}.") from error
    if not isinstance(fields, dict) or not isinstance(fields.get("type"), str):
        raise BadInputError('A request is an object with its "type" and its fields.')
    kind = REQUESTS.get(fields.pop("type"))
    if kind is None:
        raise BadInputError(f"There is no such request; there are {', '.join(sorted(REQUESTS))}.")
    if any(isinstance(value, str) and len(value) > LONGEST_WORD for value in fields.values()):
        raise BadInputError(f"No field of a request is longer than {LONGEST_WORD} characters.")
    try:
        request: requests.Request = msgspec.convert(fields, kind)
    except msgspec.ValidationError as error:
        raise BadInputError(f"{kind.__name__}: {error}.") from error
    return request


def decode_contact(body: bytes) -> str:
    """The SIP address in `{"contact": "sip:..."}`. Raises BadInputError."""
    try:
        contact = msgspec.json.decode(body, type=dict[str, str])["contact"]
    except (msgspec.MsgspecError, KeyError) as error:
        raise BadInputError('A telephone is an object with its "contact".') from error
    if len(contact) > LONGEST_WORD:
        raise BadInputError(f"No address is longer than {LONGEST_WORD} characters.")
    return contact


def encode_state(state: State) -> bytes:
    """The whole state as JSON."""
    return _encoder.encode(state)


def decode_state(text: bytes) -> State:
    """The state again, its indexes pointing at the same objects as before. Raises BadInputError."""
    try:
        state = _state_decoder.decode(text)
        return restored(state)
    except (*UNREADABLE, BrokenRuleError) as error:
        raise BadInputError(f"the state cannot be read: {error}") from error
