"""A PostgreSQL of the tests' own: a new cluster in a temporary folder, reached by a socket there, gone afterwards."""

import os
import pwd
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

BINARIES = Path("/usr/lib/postgresql")
SETTINGS = {"listen_addresses": "", "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def _as_plain_user(command: list[str]) -> list[str]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return command
    return ["setpriv", "--reuid", _plain_user(), "--regid", _plain_user(), "--clear-groups", *command]


def _plain_user() -> str:
    for name in ("postgres", "nobody"):
        try:
            return str(pwd.getpwnam(name).pw_uid)
        except KeyError:
            continue
    return "65534"


@dataclass(slots=True)
class Server:
    """One running server."""

    folder: Path
    process: subprocess.Popen[bytes]

    @classmethod
    def start(cls, folder: Path) -> "Server":
        """Make and start it in `folder`; returns once it takes connections."""
        versions = sorted(BINARIES.glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
        if not versions:
            raise RuntimeError("PostgreSQL is missing: run scripts/setup --test")
        binaries = versions[-1].parent
        if os.geteuid() == 0:
            os.chown(folder, int(_plain_user()), int(_plain_user()))
        initdb = [str(binaries / "initdb"), "-D", str(folder / "cluster"), "-U", "allo", "-A", "trust", "--no-sync"]
        initdb += ["--encoding=UTF8", "--locale=C.UTF-8"]
        subprocess.run(_as_plain_user(initdb), check=True, stdout=subprocess.DEVNULL, cwd="/")
        command = [str(binaries / "postgres"), "-D", str(folder / "cluster"), "-k", str(folder)]
        for name, setting in SETTINGS.items():
            command += ["-c", f"{name}={setting}"]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(_as_plain_user(command), stdout=log, stderr=log, cwd="/")
        server = cls(folder, process)
        ready = [str(binaries / "pg_isready"), "-q", "-h", str(folder)]
        while subprocess.run(ready, check=False).returncode:
            if process.poll() is not None:
                raise RuntimeError(f"PostgreSQL did not start: {(folder / 'log').read_text()}")
            time.sleep(0.05)
        return server

    @property
    def url(self) -> str:
        """Its address in dj-database-url's form."""
        return f"postgresql://allo@{quote(str(self.folder), safe='')}/postgres"

    def stop(self) -> None:
        """End it and remove its folder."""
        self.process.send_signal(signal.SIGINT)  # "fast": clients that are still connected are cut off
        self.process.wait(20)
        shutil.rmtree(self.folder, ignore_errors=True)
