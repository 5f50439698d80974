"""Telephones and lines in Asterisk's run-time configuration. Pure: says which objects there must be.

An object is (kind, name, fields) of `PUT /asterisk/config/dynamic/res_pjsip/…`; they are stored in Asterisk's own
database and outlive its restart. Passwords are random for every login and appear in no log.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from allo.ari import names
from allo.ari.phones import PhoneAccount, TrunkSettings

CODECS = frozenset({"ulaw", "alaw", "opus", "g722"})
WEB_CALLER_LIVES_S = 600
_HOST = "allo"
_CODECS_OF_A_LINE = "alaw,ulaw,g722"
_REGISTER_EVERY_S = 300
_RETRY_EVERY_S = 30
_USER_SIGNS = "&=+$,?/-_.!~*'()"
"""RFC 3261 (25.1): signs which the user of a SIP address may hold beside letters and digits; `;` has a meaning."""
_SAFE = {"allow_transfer": "no", "allow_subscribe": "no"}
"""Nobody sends a leg elsewhere by SIP: that is the engine's decision."""


@dataclass(frozen=True, slots=True)
class ConfigObject:
    """One object of Asterisk's dynamic configuration."""

    kind: str
    name: str
    fields: Mapping[str, str]


def browser_phone(
    username: str, codec: str, context: str, *, is_rung: bool = True
) -> tuple[PhoneAccount, list[ConfigObject]]:
    """A WebRTC telephone with exactly one codec (two garble whispering), and its account. Raises ValueError.

    One that is never rung cannot register: what it says of its address would be written to, whoever lives there.
    """
    if codec not in CODECS:
        raise ValueError(f"unknown codec {codec!r}")
    password = secrets.token_urlsafe(18)
    auth = {"auth_type": "userpass", "username": username, "password": password}
    aor = {
        "max_contacts": "1",
        "remove_existing": "yes",
        "qualify_frequency": "5",
        "qualify_timeout": "3",
        "support_path": "no",
    }
    endpoint = {
        "auth": username,
        "context": context,
        "disallow": "all",
        "allow": codec,
        "webrtc": "yes",
        # A browser that vanished is noticed by the silence of its media.
        "rtp_timeout": "10",
        "rtp_timeout_hold": "60",
        "identify_by": "username",
        **_SAFE,
    }
    objects = [ConfigObject("auth", username, auth)]
    if is_rung:
        endpoint["aors"] = username
        objects.append(ConfigObject("aor", username, aor))
    objects.append(ConfigObject("endpoint", username, endpoint))
    return PhoneAccount(username, password, f"sip:{username}@{_HOST}", "/ws", codec), objects


def fixed_phone(username: str, contact_uri: str, qualify_every_s: int) -> list[ConfigObject]:
    """A telephone which is always at one address. Raises ValueError.

    Having no password it is never recognised (`identify_by`) and can register nowhere (`max_contacts`): whoever
    uses its name would get the agent's calls.
    """
    if not re.fullmatch(r"sips?:[^\s,;<>\"]+", contact_uri):
        raise ValueError(f"not a SIP address: {contact_uri!r}")
    aor = {"contact": contact_uri, "max_contacts": "0", "qualify_frequency": str(qualify_every_s)}
    endpoint = {
        "aors": username,
        "context": "from-agent",
        "disallow": "all",
        "allow": "ulaw,alaw",
        "direct_media": "no",
        "rtp_symmetric": "yes",
        "identify_by": "ip",
        **_SAFE,
    }
    return [ConfigObject("aor", username, aor), ConfigObject("endpoint", username, endpoint)]


def phone_objects(username: str) -> list[tuple[str, str]]:
    """(kind, name) of everything that may belong to a telephone, in the order of removal."""
    return [(kind, username) for kind in ("endpoint", "aor", "auth")]


def trunk(settings: TrunkSettings) -> list[ConfigObject]:
    """A line: calls from its networks (or its host's address) enter the centre; with a login we register there."""
    name = names.TRUNK_PREFIX + settings.id
    server = f"sip:{_bracketed(settings.host)}:{settings.port}"
    endpoint = {
        "aors": name,
        "context": "from-trunk",
        "disallow": "all",
        "allow": _CODECS_OF_A_LINE,
        "direct_media": "no",
        "rtp_symmetric": "yes",
        "force_rport": "yes",
        "rewrite_contact": "yes",
        "rtp_timeout": "60",
        "rtp_timeout_hold": "600",
        "identify_by": "ip",
        **_SAFE,
    }
    objects = [ConfigObject("aor", name, {"contact": server, "qualify_frequency": "30"})]
    if settings.username:
        auth = {"auth_type": "userpass", "username": settings.username, "password": settings.secret}
        objects.append(ConfigObject("auth", name, auth))
        endpoint |= {
            "outbound_auth": name,
            "from_user": quote(settings.username, safe=_USER_SIGNS),
            "from_domain": settings.host,
        }
    objects.append(ConfigObject("endpoint", name, endpoint))
    match = ",".join(settings.networks) or settings.host
    objects.append(ConfigObject("identify", name, {"endpoint": name, "match": match, "srv_lookups": "no"}))
    if settings.username:
        registration = {
            "server_uri": server,
            "client_uri": f"sip:{quote(settings.username, safe=_USER_SIGNS)}@{_bracketed(settings.host)}",
            "contact_user": quote(settings.username, safe=_USER_SIGNS),
            "outbound_auth": name,
            "expiration": str(_REGISTER_EVERY_S),
            "retry_interval": str(_RETRY_EVERY_S),
            "max_random_initial_delay": "1",  # Asterisk's ten seconds are meant for hundreds of lines
            "auth_rejection_permanent": "no",
            "forbidden_retry_interval": str(_REGISTER_EVERY_S),
            "max_retries": "1000000",
        }
        objects.append(ConfigObject("registration", name, registration))
    return objects


def trunk_objects(trunk_id: str) -> list[tuple[str, str]]:
    """(kind, name) of everything that may belong to a line, in the order of removal."""
    name = names.TRUNK_PREFIX + trunk_id
    phone = [(kind, name) for kind in ("endpoint", "aor", "auth")]
    return [("registration", name), ("identify", name), *phone]


def web_caller_name(now: float) -> str:
    """A fresh name that says when it was made."""
    return f"{names.WEB_PREFIX}{int(now)}-{secrets.token_hex(8)}"


def has_expired(name: str, now: float) -> bool:
    """Whether a visitor's account is too old to be kept."""
    made_at, _, _ = name.removeprefix(names.WEB_PREFIX).partition("-")
    return name.startswith(names.WEB_PREFIX) and made_at.isdigit() and now - int(made_at) > WEB_CALLER_LIVES_S


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
