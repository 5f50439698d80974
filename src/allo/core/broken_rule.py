"""The one error of the engine: a rule of its own does not hold.

An odd input from outside never raises it; it is a fault in this package, and whoever runs the engine leaves the
input out and goes back to the state before it.
"""


class BrokenRuleError(AssertionError):
    """Something is so that must never be so; the message says what."""
