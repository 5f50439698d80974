"""Agents × skills on one page: each cell is in force as soon as it is left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from allo.core.skill import HIGHEST_PROFICIENCY, LOWEST_PROFICIENCY
from allo.data.actions.skill import do_set_skills
from allo.data.models import Skill, SkillKind, Team, User
from allo.web.access import SignedInRequest, admin_required
from allo.web.setup.sections import SECTIONS

if TYPE_CHECKING:
    from django.db.models import QuerySet

PAGE_LENGTH = 50
LONGEST_WORDS = 80


@dataclass(frozen=True, slots=True)
class Cell:
    """How well one agent has one skill; what was typed instead stays to be mended."""

    person: User
    skill: Skill
    level: int | None
    typed: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """An agent and a cell for each skill."""

    person: User
    cells: list[Cell]


def _people() -> QuerySet[User]:
    return User.objects.active().people()


@require_safe
@admin_required
def matrix(request: HttpRequest) -> HttpResponse:
    """Show the table page by page, narrowed to a team and to names that have certain words in them."""
    teams = list(Team.objects.active())
    chosen = next((team for team in teams if str(team.pk) == request.GET.get("team", "")), None)
    words = request.GET.get("q", "")[:LONGEST_WORDS].split()
    found = _people().select_related("team")
    paginator = Paginator(_named(found.filter(team=chosen) if chosen else found, words), PAGE_LENGTH)
    page = paginator.get_page(request.GET.get("page"))
    skills = list(Skill.objects.active())
    kinds = [(SkillKind(kind).label, sum(skill.kind == kind for skill in skills)) for kind in _kinds(skills)]
    asked = {"team": chosen.pk if chosen else "", "q": " ".join(words)}
    context = {
        "sections": SECTIONS.values(),
        "section": SECTIONS["skills"],
        "address": reverse("setup:matrix"),
        "skills": skills,
        "kinds": kinds,
        "rows": _rows(list(page.object_list), skills),
        "teams": teams,
        "team": chosen,
        "words": asked["q"],
        "page": page,
        "earlier": _href(asked, page.number - 1) if page.has_previous() else "",
        "later": _href(asked, page.number + 1) if page.has_next() else "",
    }
    return render(request, "setup/matrix.html", context)


def _named(people: QuerySet[User], words: list[str]) -> list[User]:
    """Databases compare Cyrillic case differently; a centre's people are few enough to be compared here."""
    wanted = [word.casefold() for word in words]
    return [one for one in people if all(word in f"{one} {one.username}".casefold() for word in wanted)]


def _rows(people: list[User], skills: list[Skill]) -> list[Row]:
    prefetch_related_objects(people, "skills")
    rows = []
    for person in people:
        levels = {row.skill_id: row.proficiency for row in person.skills.all()}
        rows.append(Row(person, [Cell(person, skill, levels.get(skill.pk)) for skill in skills]))
    return rows


def _href(asked: dict[str, Any], number: int) -> str:
    return "?" + urlencode({name: value for name, value in {**asked, "page": number}.items() if value})


@require_POST
@admin_required
def cell(request: SignedInRequest, user_pk: int, skill_pk: int) -> HttpResponse:
    """Change one cell; 422 with the cell and a sentence when it is no proficiency."""
    person = get_object_or_404(_people(), pk=user_pk)
    skill = get_object_or_404(Skill.objects.active(), pk=skill_pk)
    typed = request.POST.get("level", "").strip()
    held = {row.skill: row.proficiency for row in person.skills.filter(skill__is_active=True).select_related("skill")}
    if typed and not (typed.isascii() and typed.isdecimal() and _is_level(int(typed[:4]))):
        sentence = _("Write a number from 1 to 10, or nothing.")
        wrong = Cell(person, skill, held.get(skill), typed[:8], sentence)
        return _cell(request, wrong, 422)
    wanted = {known: level for known, level in held.items() if known != skill}
    level = int(typed) if typed else None
    if level is not None:
        wanted[skill] = level
    do_set_skills(request.user, person, wanted)
    return _cell(request, Cell(person, skill, level))


def _cell(request: HttpRequest, shown: Cell, code: int = 200) -> HttpResponse:
    context = {"cell": shown, "address": reverse("setup:matrix")}
    return render(request, "setup/parts/cell.html", context, status=code)


def _is_level(number: int) -> bool:
    return LOWEST_PROFICIENCY <= number <= HIGHEST_PROFICIENCY


def _kinds(skills: list[Skill]) -> list[str]:
    return list(dict.fromkeys(skill.kind for skill in skills))
