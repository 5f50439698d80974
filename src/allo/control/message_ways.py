"""How one written message goes out: as an e-mail by SMTP, or to a provider's web address. Both block; for threads.

Decides what a failure means: `NotSentError` where it is certain that nothing went out, `UnclearError` where the
connection broke after the message had been handed over. What servers wrote is not kept: it may repeat the text.
"""

from __future__ import annotations

import json
import re
import smtplib
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate
from urllib.parse import quote_plus

import httpx

TIMEOUT_S = 20.0
HTTP_TIMEOUT_S = 15.0
_TRY_AGAIN_HTTP = {408, 425, 429}
_PLACE = re.compile(r"\{(\w+)\}")


class NotSentError(Exception):
    """Nothing went out. `is_final`: it would not help to try again."""

    def __init__(self, trouble: str, *, is_final: bool = False) -> None:
        super().__init__(trouble)
        self.trouble = trouble
        self.is_final = is_final


class UnclearError(Exception):
    """Nobody can tell whether it went out."""

    def __init__(self, trouble: str) -> None:
        super().__init__(trouble)
        self.trouble = trouble


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where e-mail is handed over."""

    host: str
    port: int
    security: str
    """starttls, tls or none."""
    username: str
    password: str = field(repr=False)
    sender: str = ""


@dataclass(frozen=True, slots=True)
class Webhook:
    """A provider's web address and what it wants to be sent."""

    url: str
    body: str
    headers: Mapping[str, str] = field(repr=False, default_factory=dict)
    sender: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """One message, ready to go. `key` is its own for ever."""

    key: str
    to: str
    subject: str
    text: str


def send(way: MailServer | Webhook, message: Written) -> None:
    """Send it now. Raises NotSentError, UnclearError."""
    if isinstance(way, MailServer):
        _send_mail(way, message)
    else:
        _post(way, message)


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its `{places}` filled in; unknown ones stay as they are."""
    return _PLACE.sub(lambda found: values.get(found[1], found[0]), text)


# E-mail


def _send_mail(server: MailServer, message: Written) -> None:
    try:
        letter = _letter(server, message)
    except ValueError as error:
        raise NotSentError("bad_address", is_final=True) from error
    try:
        link = _connected(server)
        try:
            if server.username:
                link.login(server.username, server.password)
            _hand_over(link, server.sender, message.to, letter)
            with suppress(smtplib.SMTPException, OSError):  # the message is there, however the farewell goes
                link.quit()
        finally:
            link.close()
    except smtplib.SMTPResponseException as error:
        # The server has answered: it has not taken the message.
        raise NotSentError(f"smtp_{error.smtp_code}", is_final=error.smtp_code >= 500) from error
    except smtplib.SMTPNotSupportedError as error:
        raise NotSentError("smtp_not_supported", is_final=True) from error
    except (smtplib.SMTPException, OSError) as error:
        raise NotSentError(type(error).__name__) from error


def _connected(server: MailServer) -> smtplib.SMTP:
    if server.security == "tls":
        return smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_S, context=ssl.create_default_context())
    link = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_S)
    if server.security == "starttls":
        try:
            link.starttls(context=ssl.create_default_context())
        except BaseException:
            link.close()
            raise
    return link


def _hand_over(link: smtplib.SMTP, sender: str, to: str, letter: bytes) -> None:
    """The three steps one by one: only in the last one the message may have gone out without our knowing."""
    link.ehlo_or_helo_if_needed()
    for code, _said in (link.mail(sender), link.rcpt(to)):
        if code not in (250, 251):
            raise NotSentError(f"smtp_{code}", is_final=code >= 500)
    try:
        code, _said = link.data(letter)
    except smtplib.SMTPDataError:
        raise
    except (smtplib.SMTPException, OSError) as error:
        raise UnclearError(type(error).__name__) from error
    if code != 250:
        raise NotSentError(f"smtp_{code}", is_final=code >= 500)


def _letter(server: MailServer, message: Written) -> bytes:
    letter = EmailMessage()
    letter["From"], letter["To"] = server.sender, message.to
    letter["Subject"] = " ".join(message.subject.split())
    letter["Date"] = formatdate()
    # The same for ever: a mail server or reader that sees it twice knows.
    domain = server.sender.rpartition("@")[2]
    letter["Message-ID"] = f"<{re.sub(r'[^A-Za-z0-9.-]', '-', message.key)}@{domain}>"
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(message.text)
    return letter.as_bytes(policy=SMTP)


# Web addresses


def _post(hook: Webhook, message: Written) -> None:
    values = {"to": message.to, "subject": message.subject, "text": message.text, "sender": hook.sender}
    is_json = hook.body.lstrip().startswith("{")
    quoted = {name: json.dumps(value)[1:-1] if is_json else quote_plus(value) for name, value in values.items()}
    kind = "application/json" if is_json else "application/x-www-form-urlencoded"
    headers = httpx.Headers({"Content-Type": kind, "Idempotency-Key": message.key})
    headers.update(dict(hook.headers))
    try:
        answer = httpx.post(
            hook.url, content=filled(hook.body, quoted).encode(), headers=headers, timeout=HTTP_TIMEOUT_S
        )
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise NotSentError(type(error).__name__) from error
    except httpx.TransportError as error:
        raise UnclearError(type(error).__name__) from error
    except (httpx.InvalidURL, ValueError) as error:
        raise NotSentError("bad_address", is_final=True) from error
    if not answer.is_success:
        is_final = answer.status_code < 500 and answer.status_code not in _TRY_AGAIN_HTTP
        raise NotSentError(f"http_{answer.status_code}", is_final=is_final)
