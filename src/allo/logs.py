"""Logs that never fill the disk, and that tell nothing of people.

Strangers can make every program write (a wrong address, a wrong password), for ever: a log that has grown too large is
copied aside, in the place of the copy before, and emptied. All programs open their logs for appending, so that they
simply go on; a few lines of the very moment may be lost. Databases repeat in their errors the row that they refuse.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

logger = logging.getLogger(__name__)

MOST_BYTES = 20 * 1024 * 1024
LOOK_EVERY_S = 5.0
_ROWS = re.compile(r"^(?:DETAIL|CONTEXT|LINE \d+):.*\n?(?:^\s*\^\n?)?", re.MULTILINE)
"""What PostgreSQL adds to an error: the row, the statement with its values."""


class Lines(logging.Formatter):
    """Of a database's error only what it says first."""

    def format(self, record: logging.LogRecord) -> str:
        """See logging."""
        return _ROWS.sub("", super().format(record))


def keep_small(folders: Iterable[Path], most_bytes: int = MOST_BYTES) -> None:
    """Look at every log of the folders once; a full disk costs the copy, not the emptying."""
    for log in (log for folder in folders for log in folder.glob("*.log")):
        try:
            if log.stat().st_size <= most_bytes:
                continue
            copy = log.with_name(f"{log.name}.1")
            try:
                shutil.copyfile(log, copy)
            except OSError:
                with suppress(OSError):
                    copy.unlink()
            os.truncate(log, 0)
        except OSError as error:
            logger.warning("%s could not be made smaller: %s", log.name, error.strerror)
