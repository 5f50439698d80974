"""Writes out the `__init__` of every dataclass of a module, so that a compiler gets to see it.

mypyc compiles what stands in a dataclass, but its `__init__` does not stand there: `dataclasses` makes it at run time,
as interpreted code that is slower than in a plain class. The engine makes some thirty values a call, and there its
time goes (ADR 0014). What an `__init__` has to do is said by the fields, so it can be written from the syntax tree.
All else about the class stays with `dataclasses`: equality, hash, repr, `replace`. Values that never change can have
no cycles, and mypyc is told so: then nobody looks for garbage in them.

A dataclass of a form that is not known here is refused with a sentence, never guessed at.
"""

from __future__ import annotations

import ast

_IMPORTS = "from dataclasses import dataclass\nfrom mypy_extensions import mypyc_attr"
_OPTIONS = {"frozen=True", "slots=True"}
"""What a dataclass may be. Neither is said of the copy: mypy has seen to `frozen`, and compiled classes have slots."""
_OPTIONS_OF_FIELDS = {"default", "default_factory", "repr"}


class UnknownFormError(ValueError):
    """A dataclass is written in a way that is not known here; the message is a sentence."""


def written_out(source: str) -> str:
    """The same module, in which no dataclass needs an `__init__` to be made."""
    module = ast.parse(source)
    found = [(node, deeds) for node in module.body if isinstance(node, ast.ClassDef) and (deeds := _decorators(node))]
    for node, deeds in found:
        node.decorator_list = [ast.parse(deed, mode="eval").body for deed in deeds]
        node.body.append(_init_of(node))
    if found:
        after_future = (place for place, line in enumerate(module.body, 1) if "from __future__" in ast.unparse(line))
        place = next(after_future, 0)
        module.body[place:place] = ast.parse(_IMPORTS).body
    return ast.unparse(ast.fix_missing_locations(module))


def _decorators(node: ast.ClassDef) -> list[str]:
    """How the class is to be decorated instead; nothing for one that is no dataclass."""
    match node.decorator_list:
        case [ast.Name("frozen")]:
            options = ["frozen=True"]
        case [ast.Name("dataclass")]:
            options = []
        case [ast.Call(ast.Name("dataclass"), [], keywords)]:
            options = [ast.unparse(keyword) for keyword in keywords]
        case decorators if not any("dataclass" in ast.unparse(decorator) for decorator in decorators):
            return []
        case _:
            raise UnknownFormError(f"{node.name} is decorated otherwise than a dataclass usually is.")
    if unknown := [option for option in options if option not in _OPTIONS]:
        raise UnknownFormError(f"{node.name} is a dataclass with {unknown[0]}.")
    if node.bases:
        raise UnknownFormError(f"{node.name} is a dataclass that inherits, perhaps fields.")
    if "frozen=True" in options:
        return ["mypyc_attr(acyclic=True)", "dataclass(init=False, unsafe_hash=True)"]
    return ["dataclass(init=False)"]


def _init_of(node: ast.ClassDef) -> ast.FunctionDef:
    """The `__init__` of a dataclass. Takes the defaults out of the fields: a compiled class would share them."""
    parameters, lines = ["self"], []
    for field in node.body:
        if not isinstance(field, ast.AnnAssign):
            continue
        name, kind = ast.unparse(field.target), ast.unparse(field.annotation)
        if kind.startswith(("ClassVar", "InitVar")):
            raise UnknownFormError(f"{node.name}.{name} is a {kind}, which is no ordinary field.")
        options = _options_of(field.value, f"{node.name}.{name}")
        field.value = ast.parse(f"field(repr={options['repr']})", mode="eval").body if "repr" in options else None
        if "default_factory" in options:
            parameters.append(f"{name}: {kind} | None = None")
            lines.append(f"self.{name} = {options['default_factory']}() if {name} is None else {name}")
        else:
            parameters.append(f"{name}: {kind}" + (f" = {options['default']}" if "default" in options else ""))
            lines.append(f"self.{name} = {name}")
    if any(isinstance(method, ast.FunctionDef) and method.name == "__post_init__" for method in node.body):
        lines.append("self.__post_init__()")
    written = ast.parse(f"def __init__({', '.join(parameters)}) -> None:\n " + "\n ".join(lines or ["pass"])).body[0]
    assert isinstance(written, ast.FunctionDef)
    return written


def _options_of(value: ast.expr | None, name: str) -> dict[str, str]:
    """What the right side of a field says."""
    match value:
        case None:
            return {}
        case ast.Call(ast.Name("field"), [], keywords):
            options = {str(keyword.arg): ast.unparse(keyword.value) for keyword in keywords}
            if unknown := options.keys() - _OPTIONS_OF_FIELDS:
                raise UnknownFormError(f"{name} is a field with {unknown.pop()}.")
            return options
    return {"default": ast.unparse(value)}
