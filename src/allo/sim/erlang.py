"""What queueing theory says of one queue: Erlang C, and Erlang A where callers lose patience.

Poisson arrivals λ, exponential talks μ, n equal agents, exponential patience θ (0: for ever), everything for ever the
same. Zeltyn and Mandelbaum, "Call centers with impatient customers" (Queueing Systems 51, 2005): the wait which
a caller of endless patience would meet has density proportional to

    g(x) = exp(λ H(x) - n μ x),   H(x) = ∫ exp(-θ u) du from 0 to x

and the probability to wait at all is λJ / (1/B + λJ) with J = ∫g and B the Erlang loss of n-1 agents.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, expm1, inf, log

from scipy.integrate import quad
from scipy.special import expit

_NEGLIGIBLE = 40.0
"""exp(-40): beyond this many relaxation times nothing is left of a density."""


class NoSteadyStateError(ValueError):
    """Without patience the queue grows without end when the load is not below the number of agents."""


@dataclass(frozen=True)
class Erlang:
    """A centre in its steady state. Raises NoSteadyStateError when there is none."""

    calls_per_hour: float
    talk_s: float
    agents: int
    patience_s: float = inf

    def __post_init__(self) -> None:
        if self.patience_s == inf and self.load >= self.agents:
            raise NoSteadyStateError(
                f"{self.agents} agents cannot do {self.load:g} erlangs of work when no caller ever gives up."
            )

    @property
    def load(self) -> float:
        """Offered work in erlangs: the mean number of talks if everybody were answered at once."""
        return self.calls_per_hour / 3600 * self.talk_s

    @property
    def wait_probability(self) -> float:
        """The share of callers whom no agent answers at once."""
        inverse_loss = 1.0
        for agents in range(1, self.agents):
            inverse_loss = 1.0 + inverse_loss * agents / self.load
        log_waiting = log(self._rate * self._integral(lambda _: 1.0)) + self._log_g(self._peak_at)
        return float(expit(log_waiting - log(inverse_loss)))

    @property
    def abandonment(self) -> float:
        """The share of callers who give up."""
        return 1 - self.service_level(inf)

    def service_level(self, target_s: float) -> float:
        """The share of all callers who are answered within the target."""
        return 1 - self.wait_probability + self._share_of_waiting(self._stays, target_s)

    @property
    def asa_s(self) -> float:
        """The mean wait of the answered."""
        return self._share_of_waiting(lambda x: x * self._stays(x)) / self.service_level(inf)

    @property
    def wait_s(self) -> float:
        """The mean wait of all callers, answered or not."""
        return self._share_of_waiting(self._patient_time)

    @property
    def occupancy(self) -> float:
        """The share of their time agents talk."""
        return self.load * (1 - self.abandonment) / self.agents

    @property
    def _rate(self) -> float:
        return self.calls_per_hour / 3600

    def _stays(self, x: float) -> float:
        return exp(-x / self.patience_s)

    def _patient_time(self, x: float) -> float:
        return x if self.patience_s == inf else -self.patience_s * expm1(-x / self.patience_s)

    def _share_of_waiting(self, of: Callable[[float], float], to_s: float = inf) -> float:
        """The mean over all callers of a function of the wait they would meet; 0 for those answered at once."""
        return self.wait_probability * self._integral(of, to_s) / self._integral(lambda _: 1.0)

    @property
    def _peak_at(self) -> float:
        """Where g is greatest."""
        is_overloaded = self.patience_s < inf and self.load > self.agents
        return self.patience_s * log(self.load / self.agents) if is_overloaded else 0.0

    def _integral(self, of: Callable[[float], float], to_s: float = inf) -> float:
        """∫ of(x) g(x) dx, with g scaled to 1 at its peak, since it may be beyond all numbers there."""
        peak_at = self._peak_at
        peak = self._log_g(peak_at)
        end = peak_at + 1.0
        while self._log_g(end) > peak - _NEGLIGIBLE:
            end *= 2
        end = min(end, to_s)
        inside = [at for at in (peak_at, end / 64, end / 8) if 0 < at < end]
        value, _ = quad(lambda x: of(x) * exp(self._log_g(x) - peak), 0, end, points=inside, limit=200)
        return float(value)

    def _log_g(self, x: float) -> float:
        return self._rate * self._patient_time(x) - self.agents / self.talk_s * x
