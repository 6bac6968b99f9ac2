"""Alternating rounds, and what came of them."""

import statistics
import sys
from dataclasses import dataclass


@dataclass
class Figure:
    """One row of the table."""

    measure: str
    what: str
    ours: float
    limit: float | None
    unit: str
    ratio: float | None
    # "at least" or "at most" this ratio, or this value where there is nothing to compare with; None: reported only
    goal: tuple[str, float] | None
    # one line: how to read it
    reading: str

    @property
    def is_met(self):
        if self.goal is None:
            return None
        way, bound = self.goal
        value = self.ours if self.ratio is None else self.ratio
        return value >= bound if way == "at least" else value <= bound


def alternate(rounds, ours, limit, what=""):
    """Runs both in turn, the first one changing; returns the medians and the median of the rounds' ratios ours/limit."""
    left, right = [], []
    for number in range(rounds):
        sides = [(ours, left), (limit, right)]
        for side, results in sides if number % 2 == 0 else reversed(sides):
            results.append(side())
        print(f"bench:   {what} round {number + 1} of {rounds}: {left[-1]:.4g} against {right[-1]:.4g}", file=sys.stderr, flush=True)
    ratio = statistics.median(a / b for a, b in zip(left, right))
    return statistics.median(left), statistics.median(right), ratio
