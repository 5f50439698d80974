"""`python -m allo.control`: the process which carries out what the engine decides.

Everything it needs is in the installation (`ALLO_HOME` and its like). One process an installation: a lock.
SIGTERM and Ctrl-C end it with everything written down; kill -9 loses nothing but the time until the next start.
"""

from __future__ import annotations

import asyncio
import os

import django

from allo import installation as installations


def main() -> None:
    """Run control."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "allo.web.settings")
    django.setup()
    from allo.control import process  # noqa: PLC0415  it imports models, which need Django's set-up

    installation = installations.current()
    installation.make_folders()
    lock = process.take_lock(installation.run_folder / "control.lock")
    try:
        with asyncio.Runner(loop_factory=process.loop_factory()) as runner:
            runner.run(process.run(installation))
    finally:
        lock.close()


if __name__ == "__main__":
    main()
