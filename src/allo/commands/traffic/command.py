"""The command: what can be asked, what is checked beforehand, how it ends.

Every trouble that a person can put right is one sentence; then nothing has been changed. At the end, also after
Ctrl-C, all callers hang up and the automatic agents are logged out and put away.
"""

from __future__ import annotations

import asyncio
import fcntl
import shutil
import sys
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import click

from allo import installation as installations
from allo.commands.traffic import plan, sipp
from allo.installation import Installation

if TYPE_CHECKING:
    from allo.data.load_config import Setup
    from allo.web.control_client import ControlClient

KNOWN_WITHIN_S = 20.0
WRITTEN_WITHIN_S = 5.0
_ROWS_AT_ONCE = 500


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
    from allo.commands.traffic.run import Run  # noqa: PLC0415
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
            one = Run(wishes, callers, control(), ids, setup.config.dispositions, chance)
            asyncio.run(one.run())
            one.show_last(written_outcomes(one.callers.seen))
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


def written_outcomes(call_ids: Collection[str]) -> dict[str, int]:
    """How many of these calls ended in which way, by the centre's records; the ledger may be a moment late."""
    from django.db.models import Count  # noqa: PLC0415

    from allo.data.models import CallRecord  # noqa: PLC0415

    ids = list(call_ids)
    until = time.monotonic() + WRITTEN_WITHIN_S
    while True:
        found: dict[str, int] = {}
        for place in range(0, len(ids), _ROWS_AT_ONCE):
            some = CallRecord.objects.filter(call_id__in=ids[place : place + _ROWS_AT_ONCE]).exclude(outcome="")
            for outcome, count in some.order_by().values_list("outcome").annotate(Count("pk")):
                found[outcome] = found.get(outcome, 0) + count
        if sum(found.values()) == len(ids) or time.monotonic() > until:
            return found
        time.sleep(0.1)


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
