"""`@frozen`: the values that go in and out of the engine. Immutable to the type checker, cheap at run time.

A dataclass that is frozen at run time too sets each field by a call of `object.__setattr__`, and takes five times as
long to make; the engine makes about thirty values a call, and simulations play millions of calls (ADR 0014).
mypy reports every assignment to a field, and `scripts/check` runs it over everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

Value = TypeVar("Value")


@dataclass_transform(frozen_default=True)
def frozen(cls: type[Value]) -> type[Value]:
    """Make `cls` a dataclass with slots, equality and a hash."""
    return dataclass(slots=True, unsafe_hash=True)(cls)
