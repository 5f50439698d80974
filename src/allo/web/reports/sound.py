"""The sound of a recording for a player: the loudness of both channels, and pieces of the file.

Knows files only; who may hear what is `access`'s matter.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import soundfile

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

POINTS = 600
PIECE = 256 * 1024
TYPES = {".wav": "audio/wav", ".flac": "audio/flac", ".ogg": "audio/ogg", ".opus": "audio/ogg", ".mp3": "audio/mpeg"}
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes ``first`` to ``last`` inclusive of a file of ``size``."""

    first: int
    last: int
    size: int

    @property
    def length(self) -> int:
        """The number of bytes."""
        return self.last - self.first + 1


class NoSuchBytesError(ValueError):
    """The range asked for lies outside the file."""


def read_range(header: str, size: int) -> Span | None:
    """Understand a Range header (RFC 9110, 14.2); None for none, several or another unit: then the whole file is sent.

    Raises NoSuchBytesError.
    """
    found = _RANGE.fullmatch(header.strip())
    if found is None or found.groups() == ("", ""):
        return None
    begin, end = found.groups()
    if not begin:
        length = min(int(end), size)
        if not length:
            raise NoSuchBytesError
        return Span(size - length, size - 1, size)
    first, last = int(begin), min(int(end), size - 1) if end else size - 1
    if first >= size or last < first:
        raise NoSuchBytesError
    return Span(first, last, size)


async def pieces(path: Path, span: Span) -> AsyncIterator[bytes]:
    """Yield the bytes of a span, reading beside the event loop."""
    file = await asyncio.to_thread(path.open, "rb")
    try:
        await asyncio.to_thread(file.seek, span.first)
        left = span.length
        while left > 0:
            piece = await asyncio.to_thread(file.read, min(PIECE, left))
            if not piece:
                return
            left -= len(piece)
            yield piece
    finally:
        await asyncio.to_thread(file.close)


def loudness(path: Path) -> tuple[list[list[float]], float]:
    """Return the peaks of each channel, 0 to 1 in `POINTS` steps, and the length in seconds. Raises OSError."""
    stat = path.stat()
    return _loudness(path, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=256)
def _loudness(path: Path, _changed_at: int, _size: int) -> tuple[list[list[float]], float]:
    try:
        with soundfile.SoundFile(path) as sound:
            block = max(1, -(-sound.frames // POINTS))
            peaks = [np.abs(part).max(axis=0) for part in sound.blocks(block, dtype="float32", always_2d=True)]
            length_s = sound.frames / sound.samplerate
    except soundfile.SoundFileError as error:
        raise OSError(str(error)) from error
    channels = np.array(peaks).T if peaks else np.zeros((2, 0))
    return [[round(float(peak), 3) for peak in channel] for channel in channels], length_s
