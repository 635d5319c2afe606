"""Medians of repeated runs."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measurement:
    """How long something takes: the median and the fastest run, in milliseconds."""

    name: str
    median: float
    fastest: float
    runs: int

    @property
    def line(self) -> str:
        """For people."""
        return (
            f"{self.name:<46} {self.median:>9.3f} ms   "
            f"(fastest {self.fastest:.3f}, {self.runs} runs)"
        )


def measure(name: str, work: Callable[[], object], runs: int) -> Measurement:
    """Do the work once unmeasured, then `runs` times measured."""
    work()
    taken = []
    for _ in range(runs):
        started = time.perf_counter()
        work()
        taken.append((time.perf_counter() - started) * 1000)
    return Measurement(name, statistics.median(taken), min(taken), runs)
