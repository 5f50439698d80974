"""What `allo up` starts: the three plans of the supervisor, their checks beforehand, the page that it ends with."""

import asyncio
import hashlib
import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import httpx

from allo.ari import process as asterisk
from allo.installation import Installation
from allo.logs import LOOK_EVERY_S, keep_small
from allo.ports import sip_doors, web_doors
from allo.supervisor import AlreadyRunningError, Plan, Supervisor
from allo.tasks import Tasks

logger = logging.getLogger(__name__)

DEMO_NUMBER = "100"
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  compared with, not bound
LOG_FORM = "%(asctime)s %(levelname)s %(message)s"


class CannotStartError(Exception):
    """The message is what the person at the terminal reads."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What `allo prepare` has to tell."""

    logins: list[tuple[str, str, str]]
    """(user name, password, role) of demo logins which are still unchanged."""
    remarks: list[str]


def up(installation: Installation) -> None:
    """Run the centre until Ctrl-C or SIGTERM. Raises CannotStartError."""
    installation.make_folders()
    logging.basicConfig(
        level=logging.INFO,
        format=LOG_FORM,
        handlers=[logging.FileHandler(installation.log_folder / "supervisor.log"), _terminal()],
    )
    logging.getLogger("httpx").setLevel(logging.WARNING)
    try:
        supervisor = Supervisor(plans(installation), installation.run_folder, installation.log_folder)
        supervisor.take_lock()
        asterisk.prepare(installation)
    except (asterisk.AsteriskUnusableError, AlreadyRunningError) as error:
        raise CannotStartError(str(error)) from error
    _check_ports(installation, supervisor.sort_left_over())
    if os.geteuid() == 0:
        logger.warning("Allo needs no root, but was started by root: all three processes run as root.")
    print("Starting ...", flush=True)
    prepared = prepare_database(installation)
    logs = (installation.log_folder, installation.asterisk_home / "log")
    asyncio.run(_run(supervisor, lambda: print(page(installation, prepared), flush=True), logs))


def _terminal() -> logging.Handler:
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(message)s"))
    handler.setLevel(logging.WARNING)
    return handler


async def _run(supervisor: Supervisor, when_up: Callable[[], None], logs: tuple[Path, ...]) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, supervisor.stop)
    tasks = Tasks()
    tasks.every("keeping logs small", LOOK_EVERY_S, lambda: asyncio.to_thread(keep_small, logs))
    await supervisor.run(when_up)
    await tasks.stop()


def _check_ports(installation: Installation, kept: list[str]) -> None:
    doors = web_doors(installation) + ([] if "asterisk" in kept else sip_doors(installation))
    taken = list(dict.fromkeys(door.taken_sentence() for door in doors if not door.is_free()))
    if taken:
        raise CannotStartError("\n".join(taken))


def prepare_database(installation: Installation) -> Prepared:
    """Run `allo prepare` in a process of its own, so that this one stays small. Raises CannotStartError."""
    command = [sys.executable, "-m", "allo.cli", "prepare", "--json"]
    answer = subprocess.run(command, stdout=subprocess.PIPE, check=False, env=environment(installation))
    if answer.returncode:
        raise CannotStartError("The database could not be prepared; the reason stands above.")
    told = json.loads(answer.stdout.splitlines()[-1])
    return Prepared([(name, password, role) for name, password, role in told["logins"]], told["remarks"])


def environment(installation: Installation) -> dict[str, str]:
    """The environment in which a child reads the very same installation."""
    fields = installation.model_dump(mode="json")
    return {**os.environ, **{f"ALLO_{name.upper()}": str(value) for name, value in fields.items()}}


def plans(installation: Installation) -> list[Plan]:
    """The three processes, in the order of their start."""
    python = sys.executable
    web = [python, "-m", "uvicorn", "allo.web.asgi:application", "--host", str(installation.web_address)]
    web += ["--port", str(installation.web_port), "--no-access-log", "--timeout-graceful-shutdown", "1"]
    web += ["--proxy-headers", "--no-server-header", "--loop", "asyncio"]
    address = _ANYWHERE.get(str(installation.web_address), str(installation.web_address))
    host = f"[{address}]" if ":" in address else address
    return [
        Plan(
            "asterisk",
            lambda: asterisk.prepare(installation),
            _asker(f"{installation.ari_url}/asterisk/ping", auth=("allo", installation.secrets().ari_password)),
            fingerprint=lambda: asterisk_fingerprint(installation),
        ),
        Plan(
            "control",
            lambda: [python, "-m", "allo.control"],
            _asker("http://control/health", socket=str(installation.control_socket)),
        ),
        Plan("web", lambda: web, _asker(f"http://{host}:{installation.web_port}/healthz")),
    ]


def asterisk_fingerprint(installation: Installation) -> str:
    """A digest of Asterisk's whole configuration: the same one, the same Asterisk."""
    digest = hashlib.sha256()
    for file in sorted((installation.asterisk_home / "etc").glob("*.conf")):
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def _asker(
    url: str, *, socket: str | None = None, auth: tuple[str, str] | None = None
) -> Callable[[], Awaitable[bool]]:
    """A question by HTTP; its connection is kept open between questions."""
    client: httpx.AsyncClient | None = None

    async def ask() -> bool:
        nonlocal client
        if client is None:
            transport = httpx.AsyncHTTPTransport(uds=socket, trust_env=False)
            client = httpx.AsyncClient(transport=transport, auth=auth, trust_env=False)
        return (await client.get(url)).is_success

    return ask


def page(installation: Installation, prepared: Prepared) -> str:
    """The short page of text that `make run` ends with."""
    lines = ["", "Allo is running.", "", f"  Open          {installation.origin}"]
    for place, (name, password, role) in enumerate(prepared.logins):
        lines.append(f"  {'Demo logins' if not place else '':<13} {name} / {password}  ({role})")
    lines += [
        f"  Call          {DEMO_NUMBER} from the page {installation.origin}/call,",
        f"                or from a softphone on this machine: sip:{DEMO_NUMBER}@127.0.0.1:{installation.sip_port}",
        "  Make traffic  .venv/bin/allo traffic",
        "  Check         .venv/bin/allo doctor",
        f"  Logs          {installation.log_folder}",
        "  Stop          Ctrl-C",
        *(["", *prepared.remarks] if prepared.remarks else []),
        "",
    ]
    return "\n".join(lines)
