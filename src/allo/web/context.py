"""What every page is given: theme, language and the navigation of the reader's role."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from allo.data.models import Role, Theme
from allo.web.access import may

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.utils.functional import _StrPromise

THEME_COOKIE = "allo_theme"


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the navigation."""

    title: _StrPromise
    path: str
    icon: str
    role: Role
    key: str
    is_for_it_alone: bool = False
    """Not for the roles above."""


PLACES = (
    Place(_("Desk"), "/desk/", "headset", Role.AGENT, "1"),
    Place(_("Floor"), "/floor/", "layout-grid", Role.TEAM_LEADER, "2"),
    Place(_("My day"), "/reports/", "chart-column", Role.AGENT, "3", is_for_it_alone=True),
    Place(_("Reports"), "/reports/", "chart-column", Role.TEAM_LEADER, "3"),
    Place(_("Set up"), "/setup/", "settings-2", Role.ADMINISTRATOR, "4"),
)


def page(request: HttpRequest) -> dict[str, Any]:
    """Return ``places``, ``theme``, ``page_language``, ``other_language``."""
    user = getattr(request, "user", None)
    theme = request.COOKIES.get(THEME_COOKIE, Theme.SYSTEM)
    language = get_language() or settings.LANGUAGE_CODE
    return {
        "places": [place for place in PLACES if _is_shown(place, user)],
        "theme": theme if theme in Theme.values else Theme.SYSTEM,
        "page_language": language,
        "other_language": "en" if language == "ru" else "ru",
    }


def _is_shown(place: Place, user: Any) -> bool:
    return may(user, place.role) and not (place.is_for_it_alone and may(user, Role.TEAM_LEADER))
