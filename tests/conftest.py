"""What all tests share: the choice of database, and a temporary installation for each test that asks."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from allo.installation import Installation
from tests.free_ports import free_installation

# The suite draws the same examples each time and does not look at the clock: it fails by what was changed, never by
# chance. New examples are looked for with `--hypothesis-profile=search` (CONTRIBUTING.md).
settings.register_profile("suite", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("search", settings.get_profile("suite"), derandomize=False, print_blob=True)
settings.load_profile("suite")

DATABASE_FIXTURES = {"db", "transactional_db", "django_db_reset_sequences", "live_server"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--postgresql",
        action="store_true",
        help="Only the tests which touch the database, on PostgreSQL (tests/settings.py).",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        for kind in ("live", "browser"):
            if f"tests/{kind}/" in item.path.as_posix():
                item.add_marker(kind)
    if config.getoption("--postgresql"):
        touching = [item for item in items if _touches_database(item)]
        config.hook.pytest_deselected(items=[item for item in items if item not in touching])
        items[:] = touching


def _touches_database(item: pytest.Item) -> bool:
    names = set(getattr(item, "fixturenames", ()))
    return bool(names & DATABASE_FIXTURES) or item.get_closest_marker("django_db") is not None


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """A temporary folder with a short path: sockets must fit into it."""
    with tempfile.TemporaryDirectory(prefix="allo-") as folder:
        yield Path(folder)


@pytest.fixture
def installation(short_folder: Path) -> Installation:
    """An installation of this test alone, on free ports, with its folders made."""
    here = free_installation(short_folder)
    here.make_folders()
    return here
