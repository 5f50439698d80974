"""Icons of the one set we keep (Lucide), set into pages as SVG so that they take the text's colour."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from allo.installation import CHECKOUT

_PLACES = (
    Path(settings.WEB) / "static" / "built" / "icons",
    CHECKOUT / "node_modules" / "lucide-static" / "icons",
)


@lru_cache(maxsize=512)
def _drawing(name: str) -> str:
    """Return what is inside the ``<svg>`` of an icon; nothing when the icon is not there."""
    if not re.fullmatch(r"[a-z0-9-]+", name):
        return ""
    for place in _PLACES:
        file = place / f"{name}.svg"
        if file.is_file():
            found = re.search(r"<svg[^>]*>(.*)</svg>", file.read_text(), re.DOTALL)
            return re.sub(r"\s*\n\s*", "", found.group(1)) if found else ""
    return ""


def exists(name: str) -> bool:
    """Whether the set has an icon of this name."""
    return bool(_drawing(name))


@lru_cache(maxsize=512)
def icon(name: str) -> SafeString:
    """Return the icon; it is decoration, the words beside it carry the meaning."""
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{}</svg>',
        mark_safe(_drawing(name)),  # noqa: S308 (files of the icon package)
    )
