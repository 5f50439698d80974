"""Reading the machine's own apt sources, in both of their forms."""

from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

import pytest

from allo.installation import CHECKOUT

ONE_LINE = """# the archive
deb [arch=amd64 signed-by=/usr/share/keyrings/debian.gpg] http://mirror.test/debian bookworm main contrib # here
deb-src http://mirror.test/debian bookworm main
deb http://mirror.test/debian-security bookworm-security main
"""
DEB822 = """Types: deb deb-src
# a comment inside
URIs: http://mirror.test/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian.gpg

Types: deb
URIs: http://mirror.test/other
Suites: nodistro
Enabled: no
"""
FOUND = ("http://mirror.test/debian", "/usr/share/keyrings/debian.gpg", "")


@pytest.fixture(scope="module")
def script() -> ModuleType:
    loader = SourceFileLoader("private_root", str(CHECKOUT / "scripts/private-root"))
    spec = spec_from_loader(loader.name, loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


@pytest.mark.parametrize(("name", "text"), [("sources.list", ONE_LINE), ("sources.list.d/debian.sources", DEB822)])
def test_the_mirror_is_found_in_both_forms(script: ModuleType, tmp_path: Path, name: str, text: str) -> None:
    file = tmp_path / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    assert script.debian_source(script.machine_sources(tmp_path)) == FOUND


def test_security_alone_is_no_archive(script: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "sources.list").write_text("deb http://mirror.test/debian-security bookworm-security main\n")
    assert script.debian_source(script.machine_sources(tmp_path)) is None


def test_a_machine_without_debian(script: ModuleType, tmp_path: Path) -> None:
    assert script.debian_source(script.machine_sources(tmp_path)) is None
