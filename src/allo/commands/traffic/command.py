"""The command: what can be asked, what is checked beforehand, how it ends.

Every trouble that a person can put right is one sentence; then nothing has been changed. At the end, also after
Ctrl-C, all callers hang up and the automatic agents are logged out and put away.
"""

from __future__ import annotations

import asyncio
import fcntl
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import click

from allo import installation as installations
from allo.commands.traffic import plan, sipp
from allo.installation import Installation

if TYPE_CHECKING:
    from allo.commands.traffic.crowd import AgentCrowd, CallerCrowd, Feed
    from allo.data.load_config import Setup
    from allo.web.control_client import ControlClient

TICK_S = 0.25
LINE_EVERY_S = 5.0
HANG_UP_WITHIN_S = 4.0
LOG_OUT_WITHIN_S = 8.0
SETTLE_WITHIN_S = 3.0
KNOWN_WITHIN_S = 20.0


class CannotCallError(Exception):
    """The message is what the person at the terminal reads."""


_POSITIVE = click.FloatRange(0.01, 7200)


@click.command()
@click.option("--number", default="100", show_default=True, help="The number which they call.")
@click.option(
    "--rate",
    "rate_per_minute",
    default=12.0,
    show_default=True,
    type=click.FloatRange(0.1, 6000),
    help="Calls a minute.",
)
@click.option(
    "--talk", "talk_s", default=45.0, show_default=True, type=_POSITIVE, help="Mean seconds of a conversation."
)
@click.option(
    "--patience",
    "patience_s",
    default=60.0,
    show_default=True,
    type=_POSITIVE,
    help="Mean seconds until a caller gives up.",
)
@click.option("--fixed", "is_fixed", is_flag=True, help="Every conversation and every wait lasts exactly its mean.")
@click.option("--calls", default=0, type=click.IntRange(0), help="End after so many calls.  [default: go on]")
@click.option(
    "--duration",
    "duration_s",
    default=0.0,
    type=click.FloatRange(0),
    help="Call for so many seconds.  [default: go on]",
)
@click.option(
    "--agents",
    default=0,
    show_default=True,
    type=click.IntRange(0, 500),
    help="Bring so many automatic agents, for all queues.",
)
@click.option(
    "--ring",
    "ring_s",
    default=3.0,
    show_default=True,
    type=_POSITIVE,
    help="Mean seconds an automatic agent lets it ring.",
)
@click.option(
    "--wrapup",
    "wrapup_s",
    default=8.0,
    show_default=True,
    type=_POSITIVE,
    help="Mean seconds of an automatic agent's wrap-up.",
)
def traffic(**wanted: Any) -> None:
    """Call the running centre with real SIP callers, until Ctrl-C."""
    wishes = plan.Wishes(**wanted)
    try:
        run(installations.current(), wishes)
    except (CannotCallError, sipp.SippFailedError) as error:
        click.echo(str(error), err=True)
        sys.exit(1)


def run(here: Installation, wishes: plan.Wishes) -> None:
    """Make the traffic. Raises CannotCallError, SippFailedError."""
    program = here.program("sipp")
    if program is None:
        raise CannotCallError("SIPp, the program that makes the calls, was not found: run scripts/setup.")
    from allo.cli import start_django  # noqa: PLC0415

    start_django()
    from allo.data.load_config import load_setup  # noqa: PLC0415
    from allo.web.control_client import control  # noqa: PLC0415

    check_centre(control())
    setup = load_setup()
    check_number(setup, wishes.number)
    chance = Random()  # noqa: S311  not a secret
    made = plan.injection_file(plan.callers(chance, here.language, wishes.rate_per_minute), sipp.ROWS)
    with _agents(here, program, wishes, control()) as ids:
        callers = sipp.start_callers(here, program, wishes, made)
        try:
            asyncio.run(_Run(wishes, callers, control(), ids, setup.config.dispositions, chance).run())
        finally:
            callers.sipp.stop()
            shutil.rmtree(callers.sipp.folder, ignore_errors=True)


def check_centre(control: ControlClient) -> None:
    """Is there a centre to call? Raises CannotCallError."""
    from allo.web.control_client import ControlAwayError  # noqa: PLC0415

    try:
        system = control.snapshot().items.get("system", {})
    except ControlAwayError as error:
        raise CannotCallError("The centre is not running: start it with `make run`, then call again.") from error
    if system.get("asterisk") != "up":
        raise CannotCallError("Asterisk is not up: `allo doctor` says what is wrong.")


def check_number(setup: Setup, number: str) -> None:
    """Does the number lead to a queue? Raises CannotCallError."""
    from allo.data.models import Number  # noqa: PLC0415

    if setup.config.route_of(number) is not None:
        return
    if Number.objects.active().filter(pattern=number).exists():
        raise CannotCallError(f"The number {number} leads to no queue: give it one on the page “Numbers”.")
    known = ", ".join(sorted(setup.config.numbers)) or "none yet: set one up on the page “Numbers”"
    raise CannotCallError(f"Nobody answers at the number {number}. Numbers of this centre: {known}.")


@contextmanager
def _agents(here: Installation, program: Path, wishes: plan.Wishes, control: ControlClient) -> Iterator[frozenset[str]]:
    """Automatic agents with telephones, for as long as this lasts. Raises CannotCallError."""
    if not wishes.agents:
        yield frozenset()
        return
    from allo.data.actions.user import do_ensure_automatic_agents  # noqa: PLC0415

    with (here.run_folder / "traffic.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CannotCallError("Another `allo traffic` has brought automatic agents: end it first.") from error
        telephones = sipp.start_agents(here, program, wishes.ring_s)
        users = do_ensure_automatic_agents(wishes.agents)
        ids = frozenset(user.agent_id for user in users)
        try:
            _make_phones(control, telephones, ids)
            yield ids
        finally:
            telephones.stop()
            _remove_phones(control, ids)
            do_ensure_automatic_agents(0)
            shutil.rmtree(telephones.folder, ignore_errors=True)


def _make_phones(control: ControlClient, telephones: sipp.Sipp, ids: frozenset[str]) -> None:
    from allo.web.control_client import ControlAwayError  # noqa: PLC0415

    until = time.monotonic() + KNOWN_WITHIN_S
    try:
        while not ids <= {key.partition(":")[2] for key in control.snapshot().items if key.startswith("agent:")}:
            if time.monotonic() > until:
                raise CannotCallError("The centre did not take the automatic agents in: its log control.log says why.")
            time.sleep(0.1)
        for agent_id in ids:
            control.make_automatic_phone(agent_id, sipp.agent_contact(telephones, agent_id))
    except ControlAwayError as error:
        raise CannotCallError("The centre stopped answering while the automatic agents came in.") from error


def _remove_phones(control: ControlClient, ids: frozenset[str]) -> None:
    from allo.web.control_client import ControlAwayError  # noqa: PLC0415

    for agent_id in ids:
        with suppress(ControlAwayError):  # the next run gives them new ones
            control.remove_automatic_phone(agent_id)


class _Run:
    """One run from the first call to the last."""

    def __init__(
        self,
        wishes: plan.Wishes,
        callers: sipp.Callers,
        control: ControlClient,
        ids: frozenset[str],
        dispositions: tuple[str, ...],
        chance: Random,
    ) -> None:
        from allo.commands.traffic.crowd import AgentCrowd, CallerCrowd, Feed  # noqa: PLC0415

        self.wishes = wishes
        self.callers: CallerCrowd = CallerCrowd(callers, wishes, chance)
        self.agents: AgentCrowd | None = (
            AgentCrowd(control, ids, dispositions, wishes.wrapup_s, chance) if ids else None
        )
        self.feed: Feed = Feed(control, self.callers, self.agents)
        self.stopping = asyncio.Event()
        self._lined_at = 0.0

    @property
    def sipp(self) -> sipp.Sipp:
        return self.callers.callers.sipp

    async def run(self) -> None:
        """Until all calls are made, the time is over, or somebody stops it."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.stopping.set)
        following = asyncio.create_task(self.feed.follow())
        try:
            await self._call(following)
            if self.stopping.is_set():
                click.echo("\nEverybody hangs up ...")
                await self._hang_up()
            await self._settle()
            if self.agents is not None:
                await self.agents.leave(LOG_OUT_WITHIN_S)
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)
        self.sipp.check()
        self._show(is_last=True)

    async def _call(self, following: asyncio.Task[None]) -> None:
        loop = asyncio.get_running_loop()
        ends_at = loop.time() + self.wishes.duration_s if self.wishes.duration_s else float("inf")
        while self.sipp.is_running and not self.stopping.is_set():
            self._tick()
            if following.done():
                following.result()  # it never ends but by a fault of ours
            if loop.time() >= ends_at:
                self.sipp.finish()
                ends_at = float("inf")
            with suppress(TimeoutError):
                await asyncio.wait_for(self.stopping.wait(), TICK_S)
        self.sipp.check()

    async def _hang_up(self) -> None:
        loop = asyncio.get_running_loop()
        self.sipp.finish()
        until = loop.time() + HANG_UP_WITHIN_S
        while self.sipp.is_running and loop.time() < until:
            self.callers.leave()
            await asyncio.sleep(TICK_S)
            self._tick()
            if not self.callers.callers.open:
                break  # who has not dialled yet never will
        self.sipp.stop()

    async def _settle(self) -> None:
        """The last news of the calls comes a moment after their end."""
        until = asyncio.get_running_loop().time() + SETTLE_WITHIN_S
        while self.callers.calls and asyncio.get_running_loop().time() < until:
            self._tick()
            await asyncio.sleep(TICK_S / 5)

    def _tick(self) -> None:
        self.callers.tick()
        if self.agents is not None:
            self.agents.tick()
        self._show()

    def _show(self, *, is_last: bool = False) -> None:
        line = self._line()
        if sys.stdout.isatty():
            click.echo(f"\r\033[K{line}", nl=is_last)
        elif is_last or time.monotonic() - self._lined_at >= LINE_EVERY_S:
            self._lined_at = time.monotonic()
            click.echo(line)

    def _line(self) -> str:
        callers, counted = self.callers, self.callers.counted
        failed = callers.callers.failed + counted.unheard
        line = (
            f"calls {callers.callers.made}   waiting {callers.waiting}   talking {callers.talking}   "
            f"answered {counted.answered}   abandoned {counted.abandoned}   failed {failed}"
        )
        return f"{line}   (control does not answer)" if self.feed.is_away else line
