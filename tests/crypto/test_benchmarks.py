"""scripts/bench measures what it says."""

from scripts.benchmarks.ballots import measure_ballots, measure_counting


def test_every_benchmark_measures_once_when_asked_once() -> None:
    measured = [*measure_ballots(1), *measure_counting(1)]
    assert len(measured) == 8
    assert all(each.runs == 1 and each.median == each.fastest for each in measured)
    assert all(each.median > 0 and each.name in each.line for each in measured)
