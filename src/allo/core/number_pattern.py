"""Patterns of numbers: `X` is any one digit, and `*` at the end any further digits (or none). Pure."""

from __future__ import annotations


def fits(pattern: str, dialled: str) -> bool:
    """Whether a number is of a pattern."""
    fixed = pattern.removesuffix("*")
    rest = dialled[len(fixed) :]
    if len(dialled) < len(fixed) or (rest and (fixed == pattern or not rest.isdecimal())):
        return False
    pairs = zip(fixed, dialled, strict=False)
    return all(have.isdecimal() if want == "X" else have == want for want, have in pairs)


def fixed_digits(pattern: str) -> int:
    """How many digits of a number the pattern determines."""
    return sum(character.isdecimal() for character in pattern)
