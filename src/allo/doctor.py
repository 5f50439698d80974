"""`allo doctor`: what a newcomer can get wrong, each in a plain sentence that says what to do.

A check returns a Finding and changes nothing. `trouble` makes the command end with 1; `hint` does not. Works with the
centre running and not running: a port held by Allo itself is as it should be.
"""

import os
import shutil
import stat
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import httpx

from allo import installation as installations
from allo.ari import process as asterisk
from allo.installation import CHECKOUT, SECRETS_MODE, Installation
from allo.ports import owner_of, sip_doors, web_doors
from allo.processes import start_ticks
from allo.settings_check import Finding, Level, check_addresses, check_microphone, check_names

GIGABYTE = 1024**3
RECORDING_BYTES_PER_HOUR = 8000 * 2 * 2 * 3600
LEAST_HOURS = 20
LEAST_MEMORY = GIGABYTE
CLOCK_TOLERANCE_S = 5.0


def findings(here: Installation) -> Iterator[Finding]:
    """Every check, one after the other; a check that itself fails is a trouble, not a crash."""
    for check in CHECKS:
        try:
            yield from check(here)
        except Exception as error:  # noqa: BLE001  whatever is wrong with the machine, the other checks still help
            name = check.__name__.strip("_").replace("_", " ")
            yield Finding("trouble", f"The check “{name}” itself failed: {error}")


def check_folder(here: Installation) -> Iterator[Finding]:
    """Can the installation's folder be written?"""
    try:
        here.make_folders()
        with tempfile.TemporaryFile(dir=here.home):
            pass
    except OSError as error:
        yield Finding(
            "trouble",
            f"The folder {here.home} cannot be written ({error.strerror}). Give it to this user "
            f"(chown -R {os.geteuid()} {here.home}) or choose another one with ALLO_HOME.",
        )
        return
    yield Finding("good", f"The installation's folder is {here.home}.")


def check_ports(here: Installation) -> Iterator[Finding]:
    """Is every port free, or held by Allo itself?"""
    running = is_up(here)
    for door in web_doors(here) + sip_doors(here):
        where = f"{door.kind.upper()} port {door.port} on {door.address}"
        if door.is_free():
            yield Finding("good", f"{where} is free for: {door.purpose}.")
        elif running:
            yield Finding("good", f"{where} is in use by the running centre ({owner_of(door.kind, door.port)}).")
        else:
            yield Finding("trouble", door.taken_sentence())


def is_up(here: Installation) -> bool:
    """Does a supervisor of this installation run?"""
    try:
        pid = int((here.run_folder / "supervisor.lock").read_text())
    except (OSError, ValueError):
        return False
    return start_ticks(pid) is not None


def check_asterisk(here: Installation) -> Iterator[Finding]:
    """Is there an Asterisk that can be used?"""
    try:
        program = asterisk.find(here)
        asterisk.check_socket(here)
    except asterisk.AsteriskUnusableError as error:
        yield Finding("trouble", str(error))
        return
    kind = "the private copy" if program.private else "the machine's own"
    yield Finding("good", f"Asterisk is {kind}: {program.version} ({program.executable}).")


def check_ari(here: Installation) -> Iterator[Finding]:
    """Does Asterisk's control interface answer?"""
    if not is_up(here):
        yield Finding("hint", "The centre does not run now, so Asterisk was not asked. Start it with: make run")
        return
    try:
        auth = ("allo", here.secrets().ari_password)
        with httpx.Client(trust_env=False, auth=auth, timeout=2) as client:
            answer = client.get(f"{here.ari_url}/asterisk/ping")
    except httpx.TransportError:
        log = here.log_folder / "asterisk.log"
        yield Finding("trouble", f"Asterisk does not answer at {here.ari_url}. The reason should stand in {log}.")
        return
    if answer.status_code == httpx.codes.UNAUTHORIZED:
        sentence = (
            f"Something else than our Asterisk answers at {here.ari_url}: choose another ALLO_ASTERISK_HTTP_PORT."
        )
        yield Finding("trouble", sentence)
    else:
        yield Finding("good", "Asterisk answers.")


def check_database(here: Installation) -> Iterator[Finding]:
    """Can the database be written, and is it up to date?"""
    from allo.cli import start_django  # noqa: PLC0415

    start_django()
    from django.db import DatabaseError, connection, transaction  # noqa: PLC0415
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415

    kind = "PostgreSQL" if connection.vendor == "postgresql" else f"SQLite, {here.sqlite_file}"
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("CREATE TABLE allo_doctor (one INTEGER)")
            transaction.set_rollback(True)
    except DatabaseError as error:
        reason = str(error).splitlines()[0]
        yield Finding(
            "trouble",
            f"The database ({kind}) cannot be written: {reason}. Check ALLO_DATABASE_URL and the rights of "
            f"{here.home}; the disk may also be full.",
        )
        return
    if waiting:
        yield Finding("hint", f"The database ({kind}) is not up to date yet; `make run` does that, or: allo prepare")
    else:
        yield Finding("good", f"The database ({kind}) can be written and is up to date.")


def check_clock(here: Installation) -> Iterator[Finding]:
    """Is the clock sane? Calls, reports and pay depend on it."""
    now = time.time()
    newest = max((path.stat().st_mtime for path in _dated_files(here)), default=0.0)
    if newest > now + CLOCK_TOLERANCE_S:
        future = f"files here were written {newest - now:.0f} s in its future"
        yield Finding("trouble", f"The clock is wrong: {future}. Set it (timedatectl set-ntp true).")
        return
    synchronized = _is_synchronized()
    if synchronized is False:
        yield Finding("hint", "The clock is not synchronized by the network. Switch that on: timedatectl set-ntp true")
    else:
        yield Finding("good", f"The clock says {time.strftime('%Y-%m-%d %H:%M:%S %Z')}.")


def _dated_files(here: Installation) -> list[Path]:
    source = CHECKOUT / "pyproject.toml"
    folders = [here.sqlite_file, here.secrets_file, source, *here.journal_folder.glob("*"), *here.log_folder.glob("*")]
    return [path for path in folders if path.exists()]


def _is_synchronized() -> bool | None:
    """None: this machine does not say."""
    program = shutil.which("timedatectl")
    if program is None:
        return None
    command = [program, "show", "--property=NTPSynchronized", "--value"]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=5, check=False)
    return {"yes": True, "no": False}.get(answer.stdout.strip())


def check_disk(here: Installation) -> Iterator[Finding]:
    """Is there room for recordings?"""
    free = shutil.disk_usage(here.recordings_folder).free
    hours = free // RECORDING_BYTES_PER_HOUR
    room = f"{free / GIGABYTE:.1f} GB free for recordings: about {hours} hours of talk"
    if hours < LEAST_HOURS:
        sentence = f"There are only {room}. Free some space, shorten the retention in Set up, or move ALLO_HOME."
        yield Finding("trouble", sentence)
    else:
        yield Finding("good", f"There are {room}.")


def check_memory(_here: Installation) -> Iterator[Finding]:
    """Is there memory to run in?"""
    for line in Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemAvailable:"):
            available = int(line.split()[1]) * 1024
            level: Level = "good" if available >= LEAST_MEMORY else "hint"
            more = "" if level == "good" else ": with fewer than 1 GB a busy centre may run out of it"
            yield Finding(level, f"{available / GIGABYTE:.1f} GB of memory are available{more}.")


def check_secrets(here: Installation) -> Iterator[Finding]:
    """Are the secrets readable by their owner alone?"""
    try:
        here.secrets()
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is damaged"
        yield Finding(
            "trouble",
            f"{here.secrets_file} cannot be read ({why}). Bring it back from a backup; if there is none, remove it: "
            "a new one is made, and everybody has to sign in again.",
        )
        return
    mode = stat.S_IMODE(here.secrets_file.stat().st_mode)
    if mode & ~SECRETS_MODE:
        sentence = f"Others can read the secrets of this installation. Close them: chmod 600 {here.secrets_file}"
        yield Finding("trouble", sentence)
    else:
        yield Finding("good", "The secrets are readable by this user alone.")


def check_assets(_here: Installation) -> Iterator[Finding]:
    """Are the pages' scripts built?"""
    built = CHECKOUT / "src/allo/web/static/built"
    if any(built.glob("*.js")):
        yield Finding("good", "The pages' scripts are built.")
    else:
        yield Finding("trouble", "The pages' scripts are not built, so pages will not work. Build them: scripts/setup")


def check_speech(here: Installation) -> Iterator[Finding]:
    """Can greetings be made from text?"""
    if here.program("espeak-ng") is None:
        yield Finding("hint", "espeak-ng was not found: greetings can be recorded, not made from text. scripts/setup")
    else:
        yield Finding("good", "Greetings can be made from text.")


CHECKS: list[Callable[[Installation], Iterator[Finding]]] = [
    check_names,
    check_folder,
    check_addresses,
    check_ports,
    check_asterisk,
    check_ari,
    check_database,
    check_clock,
    check_disk,
    check_memory,
    check_secrets,
    check_assets,
    check_speech,
    check_microphone,
]

_SIGNS = {"good": "ok", "hint": "note", "trouble": "TROUBLE"}


@click.command()
def doctor() -> None:
    """Check this machine and this installation, in plain sentences."""
    found = []
    for finding in findings(installations.current()):
        found.append(finding)
        click.echo(f"{_SIGNS[finding.level]:>7}  {finding.sentence}")
    troubles = sum(finding.level == "trouble" for finding in found)
    click.echo("\nEverything is in order." if not troubles else f"\n{troubles} to put right.")
    raise SystemExit(1 if troubles else 0)
