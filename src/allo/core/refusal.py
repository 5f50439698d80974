"""Why the engine does not do what somebody asked for. The codes are stable: pages translate them to sentences."""

from __future__ import annotations

from enum import StrEnum


class Refusal(StrEnum):
    """Why a request was not carried out. Nothing has changed when one of these is given."""

    UNKNOWN_AGENT = "unknown_agent"
    UNKNOWN_CALL = "unknown_call"
    UNKNOWN_BREAK = "unknown_break"
    NO_BREAK_ASKED = "no_break_asked"
    UNKNOWN_DISPOSITION = "unknown_disposition"
    NOT_LOGGED_IN = "not_logged_in"
    PHONE_NOT_CONNECTED = "phone_not_connected"
    NOT_YOUR_CALL = "not_your_call"
    NO_OFFER = "no_offer"
    NO_OUTCOME = "no_outcome"
    NOT_IN_WRAPUP = "not_in_wrapup"
    IN_CALL = "in_call"
    NOT_CONNECTED = "not_connected"
    """The customer is still being dialled."""
    UNKNOWN_QUEUE = "unknown_queue"
    NO_REASON = "no_reason"
    NOT_A_CALLBACK = "not_a_callback"
    NOT_TALKING = "not_talking"
    UNKNOWN_HOLD_REASON = "unknown_hold_reason"
    UNKNOWN_PARTY = "unknown_party"
    PARTY_NOT_FREE = "party_not_free"
    QUEUE_CLOSED = "queue_closed"
    QUEUE_FULL = "queue_full"
    NOBODY_AT_WORK = "nobody_at_work"
    """In a queue that then sends its callers on."""
    NUMBER_NOT_ALLOWED = "number_not_allowed"
    OUTSIDE_DAY_LIMIT = "outside_day_limit"
    OUTSIDE_CALL_LIMIT = "outside_call_limit"
    OUTSIDE_AT_ONCE_LIMIT = "outside_at_once_limit"
    CONSULTING_ALREADY = "consulting_already"
    NOT_CONSULTING = "not_consulting"
    SUPERVISED_ALREADY = "supervised_already"
    NOT_SUPERVISING = "not_supervising"
