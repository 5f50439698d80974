"""An `__init__` that is written out does what the one that `dataclasses` would have made does."""

from __future__ import annotations

import ast
import dataclasses
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

from allo.compiled import SOURCE, modules
from allo.compiled.build import is_compiled
from allo.compiled.inits import UnknownFormError, written_out

VALUES = '''
"""A module."""

from __future__ import annotations

from dataclasses import dataclass, field

from allo.core.frozen import frozen


@frozen
class Point:
    """A value."""

    x: float
    y: float = 0.5
    """Upwards."""

    def moved(self, by: float) -> Point:
        return Point(self.x + by, self.y)


@frozen
class Nothing:
    """A value without fields."""


@dataclass(frozen=True, slots=True)
class Secretive:
    name: str = "n"
    secret: str = field(default="s", repr=False)
    points: tuple[Point, ...] = (Point(1.0),)


@dataclass
class Line:
    """What changes."""

    name: str
    points: list[Point] = field(default_factory=list)
    is_checked: bool = False

    def __post_init__(self) -> None:
        self.is_checked = True

    @property
    def length(self) -> int:
        return len(self.points)


class Plain:
    kind = "plain"
'''


def imported(name: str, source: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    path = folder / f"{name}.py"
    path.write_text(source)
    spec = spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    monkeypatch.setitem(sys.modules, name, module)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(params=["as they are", "written out"])
def values(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The module above, plain and written out: each test holds for both."""
    is_plain = request.param == "as they are"
    return imported("values", VALUES if is_plain else written_out(VALUES), tmp_path, monkeypatch)


def test_fields_and_defaults(values: Any) -> None:
    assert (values.Point(1.0).x, values.Point(1.0).y, values.Point(1.0, y=2.0).y) == (1.0, 0.5, 2.0)
    with pytest.raises(TypeError):
        values.Point()
    with pytest.raises(TypeError):
        values.Point(1.0, 2.0, 3.0)
    assert values.Secretive().points == (values.Point(1.0),)
    assert values.Nothing() == values.Nothing()


def test_a_factory_makes_a_fresh_one_each_time(values: Any) -> None:
    one, other = values.Line("one"), values.Line("other")
    one.points.append(values.Point(1.0))
    assert other.points == []
    given = [values.Point(2.0)]
    assert values.Line("third", given).points is given


def test_what_follows_the_init_is_called(values: Any) -> None:
    assert values.Line("one").is_checked


def test_all_else_stays(values: Any) -> None:
    assert values.Point(1.0).moved(2.0) == values.Point(3.0)
    assert len({values.Point(1.0), values.Point(1.0), values.Point(2.0)}) == 2
    assert len({values.Secretive(), values.Secretive()}) == 1
    assert repr(values.Point(1.0)) == "Point(x=1.0, y=0.5)"
    assert repr(values.Secretive(points=())) == "Secretive(name='n', points=())"
    assert dataclasses.replace(values.Point(1.0), y=2.0) == values.Point(1.0, 2.0)
    assert values.Line("one", [values.Point(0.0)]).length == 1
    assert values.Plain.kind == "plain"
    assert values.__doc__ == "A module."
    assert values.Point.__doc__ == "A value."


def test_every_dataclass_of_the_engine_gets_one() -> None:
    for module in filter(is_compiled, modules()):
        for node in ast.parse(written_out((SOURCE / module).read_text())).body:
            deeds = [ast.unparse(deed) for deed in node.decorator_list] if isinstance(node, ast.ClassDef) else []
            assert "frozen" not in deeds
            if any(deed.startswith("dataclass") for deed in deeds):
                assert isinstance(node, ast.ClassDef)
                assert any(isinstance(line, ast.FunctionDef) and line.name == "__init__" for line in node.body)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("@dataclass(order=True)\nclass Odd:\n    x: int", "Odd is a dataclass with order=True"),
        ("@dataclass(frozen=False)\nclass Odd:\n    x: int", "Odd is a dataclass with frozen=False"),
        ("@dataclass\nclass Odd(Even):\n    x: int", "Odd is a dataclass that inherits"),
        ("@total_ordering\n@dataclass\nclass Odd:\n    x: int", "Odd is decorated otherwise"),
        ("@dataclass\nclass Odd:\n    x: int = field(init=False)", "Odd.x is a field with init"),
        ("@dataclass\nclass Odd:\n    x: ClassVar[int] = 1", "Odd.x is a ClassVar"),
    ],
)
def test_an_unknown_form_is_refused(source: str, said: str) -> None:
    with pytest.raises(UnknownFormError, match=said):
        written_out(source)
