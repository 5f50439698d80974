"""The sections about a caller's way and about waiting."""

from __future__ import annotations

from allo.web.setup.section import Section

CALLER_SECTIONS: tuple[Section, ...] = ()
