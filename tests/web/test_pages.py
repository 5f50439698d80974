"""What holds for all pages: headers, errors, words, icons, colours."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import path
from django.utils.translation import override

from allo.core.refusal import Refusal
from allo.web import icons, refusals, urls
from allo.web.templatetags import allo as tags

if TYPE_CHECKING:
    from tests.web.conftest import People, Visit

WEB = Path(settings.WEB)


def _broken(_request: object) -> NoReturn:
    raise ZeroDivisionError


urlpatterns = [path("broken", _broken), *urls.urlpatterns]
handler500 = urls.handler500


def test_pages_allow_no_script_but_our_own(visit: Visit) -> None:
    response = visit().get("/login")
    policy = response["Content-Security-Policy"]
    assert re.search(r"script-src 'self'(;|$)", policy)
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=", response.content.decode())


def test_health_says_that_the_database_answers(visit: Visit) -> None:
    assert visit().get("/healthz").json() == {"ok": True}


def test_an_unknown_address_has_a_sentence(visit: Visit) -> None:
    response = visit().get("/nothing/here")
    assert response.status_code == 404
    assert "There is nothing at this address" in response.content.decode()


@pytest.mark.urls("tests.web.test_pages")
def test_a_failure_of_ours_says_that_calls_go_on(visit: Visit) -> None:
    client = visit("agent")
    client.raise_request_exception = False
    page = client.get("/broken")
    assert page.status_code == 500
    assert "Calls go on" in page.content.decode()
    fragment = client.get("/broken", headers={"HX-Request": "true"}).content.decode()
    assert "Calls go on" in fragment
    assert "<" not in fragment


def test_an_old_form_says_that_the_page_was_open_too_long(people: People) -> None:
    client = Client(enforce_csrf_checks=True, headers={"Accept-Language": "en"})
    response = client.post("/login", {"username": "a", "password": "b"})
    assert response.status_code == 403
    assert "open for too long" in response.content.decode()


def test_scripts_get_their_words_in_both_languages(visit: Visit) -> None:
    assert json.dumps("Вернуть") in visit().get("/words/ru.js").content.decode()
    assert visit().get("/words/xx.js").status_code == 404


def test_static_files_carry_a_mark_and_may_be_kept(visit: Visit) -> None:
    page = visit().get("/login").content.decode()
    found = re.search(r'"(/static/allo/tokens\.css)\?v=\w{10}"', page)
    assert found
    response = visit().get(found.group(1))
    assert response.status_code == 200
    assert "max-age=604800" in response["Cache-Control"]
    assert int(response["Content-Length"]) == len(response.content)
    assert visit().get("/static/../settings.py").status_code == 404


def test_every_icon_that_pages_name_exists() -> None:
    named = {
        name
        for file in [*WEB.rglob("*.html"), *WEB.rglob("*.py")]
        for name in re.findall(r"""icon(?:_name)?(?: |=)["']([a-z0-9-]+)["']""", file.read_text())
    }
    assert len(named) > 20
    assert [name for name in sorted(named) if not icons.exists(name)] == []
    assert icons.icon("../../secrets").count("<") == 2


def test_every_refusal_of_the_engine_has_a_sentence() -> None:
    assert [code.value for code in Refusal if code.value not in refusals.SENTENCES] == []
    with override("ru"):
        assert refusals.sentence("in_call").startswith("Вы в разговоре")
        assert refusals.sentence("never-heard-of") == refusals.sentence("bad_state")


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(None, "–"), (0, "0:00"), (7.9, "0:07"), (65, "1:05"), (3725, "1:02:05"), (-3, "0:00"), (10**9, "277777:46:40")],
)
def test_durations(seconds: float | None, shown: str) -> None:
    assert tags.duration(seconds) == shown


def test_numbers_are_shown_in_the_manner_of_the_language() -> None:
    with override("ru"):
        assert tags.percent(0.805).replace("\xa0", " ") in {"80 %", "81 %"}
        assert tags.decimal(1234.56).replace("\xa0", " ") == "1 234,6"
    with override("en"):
        assert tags.percent(0.8) == "80%"
        assert tags.decimal(1234.56) == "1,234.6"
    assert tags.phone("+74951234567") == "+7 495 123-45-67"
    assert tags.phone("100") == "100"


def test_what_is_no_outside_number_is_shown_as_it_is() -> None:
    assert tags.phone("100") == "100"
    assert tags.phone("sip:ann@example.org") == "sip:ann@example.org"


# Colours ------------------------------------------------------------------------------------------


def _tokens() -> dict[str, tuple[str, str]]:
    found = finders.find("allo/tokens.css")
    assert isinstance(found, str)
    css = Path(found).read_text()
    both = re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", css)
    return {name: (light, dark) for name, light, dark in both} | {"on-trouble-solid": ("#ffffff", "#ffffff")}


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, contrast ratio."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


STATES = ("ready", "offered", "on-call", "wrap-up", "not-ready", "trouble")
TEXT_ON = [
    *(("ink", ground) for ground in ("ground", "surface", "surface-raised", "surface-sunken")),
    *((ink, ground) for ink in ("ink-soft", "ink-faint") for ground in ("ground", "surface", "surface-sunken")),
    *((state, f"{state}-soft") for state in STATES),
    *((state, "surface") for state in STATES),
    ("accent", "surface"),
    ("accent", "ground"),
    ("accent-strong", "accent-soft"),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("on-trouble-solid", "trouble-solid"),
]


@pytest.mark.parametrize(("text", "ground"), TEXT_ON)
@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_text_can_be_read_on_its_ground(text: str, ground: str, theme: int) -> None:
    tokens = _tokens()
    assert contrast(tokens[text][theme], tokens[ground][theme]) >= 4.5


@pytest.mark.parametrize("line", ["line-strong", "focus"])
@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_edges_of_controls_can_be_seen(line: str, theme: int) -> None:
    tokens = _tokens()
    assert contrast(tokens[line][theme], tokens["surface"][theme]) >= 3
