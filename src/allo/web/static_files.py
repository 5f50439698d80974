"""Addresses of static files carry a mark of their content, so that browsers may keep them for long."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage


@lru_cache(maxsize=512)
def _mark(name: str) -> str:
    found = finders.find(name)
    if not isinstance(found, str):
        return ""
    return hashlib.sha256(Path(found).read_bytes()).hexdigest()[:10]


class VersionedStaticFiles(StaticFilesStorage):
    """Adds ``?v=<mark>`` to each address; the files themselves are served where they lie."""

    def url(self, name: str | None) -> str:
        """Return the address of a file with its mark."""
        address = super().url(name)
        mark = _mark(name or "")
        return f"{address}?v={mark}" if mark else address
