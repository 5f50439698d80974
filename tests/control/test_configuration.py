"""The set-up in force: notices, lost notices, contradictions, an absent database, telephone lines."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError

from allo.ari.telephony import OutgoingLine
from allo.control.configuration import AGAIN_S, POLL_S, Configuration
from allo.core.events import ConfigChanged
from allo.core.model import Agent, Config, NumberRoute
from allo.data.load_config import Setup, TrunkLine, current_revision
from allo.data.phone_numbers import DialledAs
from tests.control.centres import config
from tests.control.fake_telephony import FakeTelephony
from tests.control.virtual_time import virtually

LINE = TrunkLine("1", "ip", "sip.example.com", 5060, "", "", ("192.0.2.0/24",))
REGISTERED = TrunkLine("2", "registration", "reg.example.com", 5060, "me", "secret")


class Tables:
    """The set-up as a database would give it."""

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self.error: Exception | None = None
        self.reads = 0

    async def run(self, work: Callable[[], Any], within_s: float | None = None) -> Any:
        await asyncio.sleep(0.01)
        if self.error:
            raise self.error
        if work is current_revision:
            return self.setup.config.revision
        self.reads += 1
        return self.setup


class Watch:
    """A configuration with its watch running."""

    def __init__(self, setup: Setup | None = None) -> None:
        self.tables = Tables(setup or Setup(config(1)))
        self.telephony: Any = FakeTelephony(None, str)  # type: ignore[arg-type]
        self.in_force = Config()
        self.put: list[ConfigChanged] = []
        self.configuration = Configuration(self.tables, self.telephony, self.take)  # type: ignore[arg-type]
        self.telephony.on_link = self.link
        self.task = asyncio.create_task(self.configuration.run(lambda: self.in_force))

    def link(self, is_up: bool) -> None:
        if is_up:
            self.configuration.link_is_up()

    def outgoing(self) -> OutgoingLine | None:
        found: OutgoingLine | None = self.telephony.outgoing
        return found

    def take(self, event: ConfigChanged) -> None:
        self.put.append(event)
        self.in_force = event.config


@virtually
async def test_the_set_up_is_read_at_the_start_and_put_once() -> None:
    watch = Watch()
    await asyncio.sleep(POLL_S * 3)
    assert watch.put == [ConfigChanged(config(1))]
    assert watch.tables.reads == 1, "later only the revision is looked at"
    watch.task.cancel()


@virtually
async def test_a_restart_with_the_same_set_up_changes_nothing() -> None:
    watch = Watch()
    watch.in_force = config(1)
    async with asyncio.timeout(1):
        await watch.configuration.first.wait()
    assert watch.put == []
    watch.task.cancel()


@virtually
async def test_a_notice_is_followed_at_once_and_a_lost_one_by_the_next_look() -> None:
    watch = Watch()
    await asyncio.sleep(1)
    watch.tables.setup = Setup(config(2))
    watch.configuration.changed()
    await asyncio.sleep(0.1)
    assert watch.in_force.revision == 2
    watch.tables.setup = Setup(config(3))
    await asyncio.sleep(POLL_S + 1)
    assert watch.in_force.revision == 3
    watch.task.cancel()


@virtually
async def test_a_notice_during_the_reading_is_not_lost() -> None:
    watch = Watch()
    await asyncio.sleep(0.005)  # the first reading is under way
    watch.configuration.changed()
    await asyncio.sleep(0.1)
    assert watch.tables.reads == 2
    watch.task.cancel()


@virtually
async def test_a_set_up_that_contradicts_itself_never_comes_into_force(caplog: pytest.LogCaptureFixture) -> None:
    watch = Watch()
    await asyncio.sleep(1)
    watch.tables.setup = Setup(replace(config(2), numbers={"100": NumberRoute("100", "nowhere")}))
    watch.configuration.changed()
    await asyncio.sleep(1)
    assert watch.in_force == config(1)
    assert "contradicts itself" in caplog.text
    watch.tables.setup = Setup(config(3))
    await asyncio.sleep(POLL_S + 1)
    assert watch.in_force == config(3)
    watch.task.cancel()


@pytest.mark.parametrize("error", [OperationalError("away"), InterfaceError("closed"), ValueError("odd row")])
def test_an_absent_database_is_asked_again_and_the_last_set_up_stays(error: Exception) -> None:
    @virtually
    async def run() -> None:
        watch = Watch()
        watch.tables.error = error
        await asyncio.sleep(10)
        assert not watch.configuration.first.is_set()
        watch.tables.error = None
        await asyncio.sleep(AGAIN_S + 0.1)
        assert watch.in_force == config(1)
        watch.tables.error = error
        watch.tables.setup = Setup(config(2))
        watch.configuration.changed()
        await asyncio.sleep(10)
        assert watch.in_force == config(1)
        watch.tables.error = None
        await asyncio.sleep(AGAIN_S + 0.1)
        assert watch.in_force == config(2)
        watch.task.cancel()

    run()


# Music and forecasts


@virtually
async def test_new_music_is_told_once_and_after_asterisk_came_again() -> None:
    watch = Watch(Setup(config(1)))
    watch.telephony.link(True)
    await asyncio.sleep(1)
    assert watch.telephony.music_reloads == 0
    watch.tables.setup = Setup(config(2), music=("music/music-1/a.wav",))
    watch.configuration.changed()
    await asyncio.sleep(2 * POLL_S)
    assert watch.telephony.music_reloads == 1
    watch.telephony.link(False)
    watch.telephony.link(True)
    await asyncio.sleep(1)
    assert watch.telephony.music_reloads == 2
    watch.task.cancel()


@virtually
async def test_a_new_day_reads_the_set_up_again(monkeypatch: pytest.MonkeyPatch) -> None:
    today = [date(2026, 11, 25)]
    monkeypatch.setattr("allo.control.configuration.local_date", lambda _zone: today[0])
    watch = Watch()
    await asyncio.sleep(3 * POLL_S)
    assert watch.tables.reads == 1
    today[0] = date(2026, 11, 26)
    await asyncio.sleep(3 * POLL_S)
    assert watch.tables.reads == 2
    watch.task.cancel()


# Lines


@virtually
async def test_lines_are_told_when_asterisk_is_there_and_only_what_changed() -> None:
    watch = Watch(Setup(config(1), trunks=(LINE, REGISTERED)))
    await asyncio.sleep(1)
    assert watch.telephony.trunks_made == []
    watch.telephony.link(True)
    await asyncio.sleep(1)
    assert watch.telephony.trunks_made == ["1", "2"]
    assert watch.telephony.trunks["2"].secret == "secret"
    watch.tables.setup = Setup(config(2), trunks=(replace(LINE, port=5070), REGISTERED))
    watch.configuration.changed()
    await asyncio.sleep(1)
    assert watch.telephony.trunks_made == ["1", "2", "1"]
    watch.tables.setup = Setup(config(3), trunks=(REGISTERED,))
    watch.configuration.changed()
    await asyncio.sleep(1)
    assert set(watch.telephony.trunks) == {"2"}
    watch.task.cancel()


@virtually
async def test_a_line_deleted_while_control_was_away_goes() -> None:
    watch = Watch(Setup(config(1), trunks=(LINE,)))
    watch.telephony.trunks = {"9": None, "1": None}
    await asyncio.sleep(1)
    watch.telephony.link(True)
    await asyncio.sleep(1)
    assert set(watch.telephony.trunks) == {"1"}
    watch.task.cancel()


@virtually
async def test_a_line_that_asterisk_refuses_keeps_no_other_away(caplog: pytest.LogCaptureFixture) -> None:
    watch = Watch(Setup(config(1), trunks=(LINE, REGISTERED)))
    watch.telephony.refused_hosts.add(LINE.host)
    watch.telephony.link(True)
    await asyncio.sleep(1)
    assert watch.telephony.trunks_made == ["2"]
    assert "line 1" in caplog.text
    assert "secret" not in caplog.text
    watch.telephony.refused_hosts.clear()
    await asyncio.sleep(POLL_S + 1)
    assert watch.telephony.trunks_made == ["2", "1"]
    watch.task.cancel()


@virtually
async def test_who_has_left_has_no_telephone_any_more() -> None:
    agents = {id_: Agent(id_, "Ann", f"PJSIP/agent-{id_}") for id_ in ("1", "2", "3")}
    watch = Watch(Setup(replace(config(1), agents=agents)))
    watch.telephony.phones = {"1": False, "2": False, "3": True, "9": False}
    watch.telephony.link(True)
    await asyncio.sleep(1)
    assert set(watch.telephony.phones) == {"1", "2", "3"}, "left over from before"
    watch.tables.setup = Setup(replace(config(2), agents={"1": agents["1"]}))
    watch.configuration.changed()
    await asyncio.sleep(1)
    assert set(watch.telephony.phones) == {"1", "3"}, "a conversation goes on"
    watch.telephony.phones["3"] = False
    await asyncio.sleep(POLL_S + 1)
    assert set(watch.telephony.phones) == {"1"}
    watch.task.cancel()


@virtually
async def test_nobodys_telephone_goes_before_the_set_up_is_known() -> None:
    watch = Watch()
    watch.tables.error = OperationalError("away")
    watch.telephony.phones = {"1": False}
    watch.telephony.link(True)
    await asyncio.sleep(POLL_S)
    assert set(watch.telephony.phones) == {"1"}
    watch.task.cancel()


@virtually
async def test_another_asterisk_is_told_everything_again() -> None:
    watch = Watch(Setup(config(1), trunks=(LINE,)))
    watch.telephony.link(True)
    await asyncio.sleep(1)
    watch.telephony.link(False)
    watch.telephony.trunks.clear()
    watch.telephony.link(True)
    await asyncio.sleep(1)
    assert watch.telephony.trunks_made == ["1", "1"]
    watch.task.cancel()


@virtually
async def test_prompts_have_sounds() -> None:
    watch = Watch(Setup(config(1), {"7": "sound:allo/greetings/hello"}))
    await asyncio.sleep(1)
    media_of = watch.configuration.media_of
    assert media_of("7") == "sound:allo/greetings/hello"
    assert media_of("deleted meanwhile") == "sound:silence/1"
    watch.task.cancel()


@virtually
async def test_outside_numbers_go_by_the_first_outgoing_line_that_works() -> None:
    first = replace(LINE, id="1", is_outgoing=True, shown_number="+74951112233")
    second = replace(LINE, id="2", is_outgoing=True)
    watch = Watch(Setup(config(1), trunks=(replace(LINE, id="0"), first, second)))
    await asyncio.sleep(0.1)
    assert watch.outgoing() is None, "nobody is connected yet"
    watch.telephony.link(True)
    await asyncio.sleep(0.1)
    assert watch.outgoing() == OutgoingLine("1", "+74951112233")
    assert watch.configuration.line_states == {"0": "online", "1": "online", "2": "online"}
    watch.telephony.states["1"] = "offline"
    await asyncio.sleep(POLL_S + 1)
    assert watch.outgoing() == OutgoingLine("2")
    watch.telephony.states["2"] = "offline"
    await asyncio.sleep(POLL_S + 1)
    assert watch.outgoing() == OutgoingLine("1", "+74951112233"), "none works: the first is tried all the same"
    watch.tables.setup = Setup(config(2), trunks=(replace(LINE, id="0"),))
    watch.configuration.changed()
    await asyncio.sleep(0.1)
    assert watch.outgoing() is None
    assert watch.configuration.line_states == {"0": "online"}
    watch.task.cancel()


@virtually
async def test_a_line_is_given_numbers_as_its_operator_takes_them() -> None:
    line = replace(LINE, is_outgoing=True, dialled_as=DialledAs.NATIONAL)
    watch = Watch(Setup(replace(config(1), country="RU"), trunks=(line,)))
    watch.telephony.link(True)
    await asyncio.sleep(0.1)
    outgoing = watch.outgoing()
    assert outgoing is not None
    assert (outgoing.spell("+79161234567"), outgoing.spell("+442079460000")) == ("89161234567", "810442079460000")
    watch.tables.setup = Setup(replace(config(2), country="GB"), trunks=(line,))
    watch.configuration.changed()
    await asyncio.sleep(0.1)
    outgoing = watch.outgoing()
    assert outgoing is not None
    assert (outgoing.spell("+79161234567"), outgoing.spell("+442079460000")) == ("0079161234567", "02079460000")
    watch.task.cancel()


@virtually
async def test_whether_a_line_is_registered_is_known_and_why_not() -> None:
    line = replace(LINE, id="1", username="centre", secret="s")
    watch = Watch(Setup(config(1), trunks=(line, replace(LINE, id="2", username=""))))
    watch.telephony.link(True)
    await asyncio.sleep(0.1)
    assert watch.configuration.registrations == {"1": "pending"}, "a line known by its address registers nowhere"
    for told, state, known in (
        ("Registered", "online", "registered"),
        ("Registered", "offline", "registered"),
        ("Rejected", "online", "refused"),
        ("Rejected", "unknown", "refused"),
        ("Rejected", "offline", "no_answer"),
        ("Unregistered", "offline", "no_answer"),
        ("Stopped", "online", "pending"),
        ("", "online", "unknown"),
    ):
        watch.telephony.registered["1"], watch.telephony.states["1"] = told, state
        await asyncio.sleep(POLL_S + 1)
        assert watch.configuration.registrations == {"1": known}, (told, state)
    watch.telephony.link(False)
    watch.telephony.link(True)
    assert watch.configuration.registrations == {}, "another Asterisk: nobody knows yet"
    watch.task.cancel()
