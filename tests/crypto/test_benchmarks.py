"""scripts/bench measures what it says."""

from scripts.benchmarks.ballots import measure_ballots, measure_counting
from scripts.benchmarks.letters import measure_letters


def test_every_benchmark_measures_once_when_asked_once() -> None:
    measured = [*measure_ballots(1), *measure_counting(1)]
    assert len(measured) == 8
    assert all(each.runs == 1 and each.median == each.fastest for each in measured)
    assert all(each.median > 0 and each.name in each.line for each in measured)


def test_a_batch_of_letters_is_measured_with_its_memory() -> None:
    (measured,) = measure_letters(1)
    assert measured.runs == 1
    assert 500 < measured.median < 60_000
    assert int(measured.name.split()[5]) < 500
