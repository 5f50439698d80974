"""Messages to customers: a real mail server and a real web address on this machine, and everything that goes wrong."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from urllib.parse import parse_qs

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope
from django.utils import timezone

from allo.control import messages as sending
from allo.control.database import Database
from allo.control.message_ways import MailServer, Webhook, Written, filled
from allo.control.messages import Messages, settle_interrupted, take_due
from allo.core.effects import SendMessage
from allo.data.ledger import Entry, write_facts
from allo.data.models import ChannelKind, Customer, MessageChannel, MessageTemplate, OutgoingMessage
from allo.data.money import in_words
from tests.free_ports import free_port
from tests.sms_provider import Posts, provider

pytestmark = pytest.mark.django_db(transaction=True)
TEXT = 'Ваш код {code}, это {amount}. "Спасибо" & до звонка\n'


class Letters:
    """What a mail server does with letters, one after another: the answer to each."""

    def __init__(self) -> None:
        self.answers: list[str] = []
        self.taken: list[Envelope] = []

    async def handle_DATA(self, server: SMTP, _session: object, envelope: Envelope) -> str:  # noqa: N802  its name there
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("250"):
            self.taken.append(envelope)
        if answer == "gone":
            self.taken.append(envelope)
            assert server.transport is not None
            server.transport.close()
        return answer


@pytest.fixture
def letters() -> Iterator[tuple[Letters, int]]:
    port = free_port()
    handler = Letters()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, port
    controller.stop()


@pytest.fixture
def posts() -> Iterator[Posts]:
    with provider() as server:
        yield server


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "LOOK_S", 0.05)
    monkeypatch.setattr(sending, "FIRST_PAUSE_S", 0.05)


def ordered(channel: MessageChannel, call_id: str = "c1", email: str = "ann@example.com") -> OutgoingMessage:
    """A message by this channel, as the ledger writes it down."""
    template = MessageTemplate.objects.get_or_create(name="code", subject_ru="Код\n{code}", text_ru=TEXT)[0]
    customer = Customer.objects.get_or_create(phone="+79991234567", defaults={"email": email})[0]
    values = (("code", "NGSQ6488"), ("amount", "45050"))
    order = SendMessage(call_id, str(channel.pk), "+79991234567", str(customer.pk), str(template.pk), values, "en")
    write_facts([Entry(1, "e-1-0", order)])
    return OutgoingMessage.objects.get(call_id=call_id)


def by_mail(port: int) -> MessageChannel:
    return MessageChannel.objects.create(
        name="mail", kind=ChannelKind.EMAIL, host="127.0.0.1", port=port, security="none", sender="allo@example.com"
    )


def by_sms(posts: Posts, body: str = '{"to": "{to}", "text": "{text}"}') -> MessageChannel:
    url = f"http://127.0.0.1:{posts.server_address[1]}/send"
    return MessageChannel.objects.create(
        name="sms", kind=ChannelKind.SMS, url=url, body=body, headers="Authorization: Bearer of-nobody", sender="Allo"
    )


def sent_until(*ends: str) -> list[tuple[str, int, str]]:
    """Send until every message has one of these ends; state, tries and trouble of each."""

    async def run() -> None:
        messages = Messages(Database("messages"))
        task = asyncio.create_task(messages.run())
        count: Callable[[], Awaitable[int]] = OutgoingMessage.objects.exclude(state__in=ends).acount
        async with asyncio.timeout(20):
            while await count():
                await asyncio.sleep(0.02)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await messages.close()

    asyncio.run(run())
    return list(OutgoingMessage.objects.order_by("pk").values_list("state", "tries", "trouble"))


def test_an_e_mail_arrives_whole_and_once(letters: tuple[Letters, int]) -> None:
    server, port = letters
    ordered(by_mail(port))
    assert sent_until("sent") == [("sent", 1, "")]
    assert sent_until("sent") == [("sent", 1, "")], "looked at again, it is not sent again"
    (letter,) = server.taken
    assert (letter.mail_from, letter.rcpt_tos) == ("allo@example.com", ["ann@example.com"])
    from email import message_from_bytes, policy

    assert isinstance(letter.content, bytes)
    read = message_from_bytes(letter.content, policy=policy.default)
    assert read["Subject"] == "Код NGSQ6488"
    assert read["Message-ID"] == f"<c1-{letter_key()}@example.com>"
    body = read.get_content()
    assert body.replace("\r\n", "\n") == 'Ваш код NGSQ6488, это 450,50. "Спасибо" & до звонка\n'


def letter_key() -> str:
    return OutgoingMessage.objects.get().key.partition(":")[2].replace(":", "-")


def test_a_server_that_says_later_is_tried_again_and_takes_it_once(letters: tuple[Letters, int]) -> None:
    server, port = letters
    server.answers = ["451 later", "452 full"]
    ordered(by_mail(port))
    assert sent_until("sent") == [("sent", 3, "")]
    assert len(server.taken) == 1


def test_a_server_that_says_never_is_not_asked_again(letters: tuple[Letters, int]) -> None:
    server, port = letters
    server.answers = ["554 no"]
    ordered(by_mail(port))
    assert sent_until("failed") == [("failed", 1, "smtp_554")]
    assert not server.taken


def test_what_was_handed_over_when_the_connection_broke_is_not_sent_again(letters: tuple[Letters, int]) -> None:
    server, port = letters
    server.answers = ["gone"]
    ordered(by_mail(port))
    assert sent_until("unclear") == [("unclear", 1, "SMTPServerDisconnected")]
    assert len(server.taken) == 1


def test_an_absent_server_is_tried_again_until_it_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "MOST_TRIES", 3)
    ordered(by_mail(free_port()))
    assert sent_until("failed") == [("failed", 3, "ConnectionRefusedError")]


def test_an_sms_is_json_whatever_the_text_holds(posts: Posts) -> None:
    ordered(by_sms(posts))
    assert sent_until("sent") == [("sent", 1, "")]
    ((headers, body),) = posts.taken
    assert json.loads(body) == {
        "to": "+79991234567",
        "text": 'Ваш код NGSQ6488, это 450,50. "Спасибо" & до звонка\n',
    }
    assert headers["Authorization"] == "Bearer of-nobody"
    assert headers["Content-Type"] == "application/json"
    assert headers["Idempotency-Key"] == OutgoingMessage.objects.get().key


def test_an_sms_can_be_a_web_form(posts: Posts) -> None:
    ordered(by_sms(posts, "phone={to}&from={sender}&msg={text}"))
    assert sent_until("sent") == [("sent", 1, "")]
    fields = parse_qs(posts.taken[0][1], strict_parsing=True)
    assert (fields["phone"], fields["from"]) == (["+79991234567"], ["Allo"])
    assert fields["msg"][0].endswith('"Спасибо" & до звонка\n')


@pytest.mark.parametrize(
    ("codes", "end", "tries", "trouble"),
    [
        ([503, 429], "sent", 3, ""),
        ([401], "failed", 1, "http_401"),
        ([302], "failed", 1, "http_302"),
        ([0], "unclear", 1, "RemoteProtocolError"),
    ],
)
def test_what_a_provider_answers(posts: Posts, codes: list[int], end: str, tries: int, trouble: str) -> None:
    posts.codes = codes
    ordered(by_sms(posts))
    assert sent_until("sent", "failed", "unclear") == [(end, tries, trouble)]
    assert len(posts.taken) == tries


def test_what_was_being_sent_when_control_died_is_not_sent_again(posts: Posts) -> None:
    message = ordered(by_sms(posts))
    assert [order.pk for order in take_due()] == [message.pk]
    assert take_due() == [], "it is marked before it is sent"
    settle_interrupted()
    assert sent_until("unclear") == [("unclear", 1, "interrupted")]
    assert posts.taken == []


@pytest.mark.parametrize("missing", ["channel", "template", "address"])
def test_a_message_without_way_or_words_has_failed(posts: Posts, missing: str) -> None:
    channel = by_sms(posts) if missing != "address" else by_mail(1)
    ordered(channel, email="")
    if missing == "channel":
        channel.is_active = False
        channel.save()
    if missing == "template":
        MessageTemplate.objects.all().delete()
    assert sent_until("failed") == [("failed", 0, f"no_{missing}")]


def test_a_message_that_is_not_due_waits(posts: Posts) -> None:
    message = ordered(by_sms(posts))
    OutgoingMessage.objects.update(due_at=timezone.now() + timedelta(hours=1))
    assert take_due() == []
    assert OutgoingMessage.objects.get().pk == message.pk


def test_no_secret_is_shown_by_what_holds_it() -> None:
    server = MailServer("mail", 25, "none", "me", "hidden-password", "a@b.c")
    hook = Webhook("https://x", "{}", {"Authorization": "hidden-token"})
    assert "hidden" not in repr((server, hook))


@pytest.mark.parametrize(
    ("amount", "language", "words"),
    [
        (45000, "en", "450"),
        (450, "en", "4.50"),
        (5, "ru", "0,05"),
        (0, "ru", "0"),
        (123450, "en", "1,234.50"),
        (123450, "ru", "1\u00a0234,50"),
    ],
)
def test_amounts_as_people_write_them(amount: int, language: str, words: str) -> None:
    assert in_words(amount, language) == words


def test_places_are_filled_in_once() -> None:
    assert filled("{a} {b} {c}", {"a": "{b}", "b": "2"}) == "{b} 2 {c}"


def test_a_letter_whose_address_is_none_has_failed() -> None:
    from allo.control.message_ways import NotSentError, send

    with pytest.raises(NotSentError) as caught:
        send(MailServer("127.0.0.1", 1, "none", "", "", "a@b.c"), Written("k", "a@b\nBcc: c@d", "s", "t"))
    assert caught.value.is_final
