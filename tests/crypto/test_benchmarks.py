"""scripts/bench measures what it says."""

import subprocess
import sys

import pytest

from scripts.benchmarks.ballots import measure_ballots, measure_counting
from scripts.benchmarks.invitations import measure_invitations
from scripts.benchmarks.surveys import measure_surveys


def test_every_benchmark_measures_once_when_asked_once() -> None:
    measured = [*measure_ballots(1), *measure_counting(1)]
    assert len(measured) == 8
    assert all(each.runs == 1 and each.median == each.fastest for each in measured)
    assert all(each.median > 0 and each.name in each.line for each in measured)


def test_a_batch_of_letters_is_measured_with_its_memory() -> None:
    # In a process of its own: the peak is the whole process's, and tests are many.
    code = (
        "from scripts.benchmarks.letters import measure_letters\n"
        "(each,) = measure_letters(1); print(each.runs, each.median, each.name)"
    )
    told = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    ).stdout.split()
    assert told[0] == "1"
    assert 500 < float(told[1]) < 60_000
    assert int(told[told.index("MB") - 1]) < 500


@pytest.mark.long
def test_a_sending_is_measured_and_survives_its_killed_worker() -> None:
    measured = list(measure_invitations(60))  # raises when anybody got two mails
    assert len(measured) == 6
    assert all(each.seconds >= 0 and 20 < each.mebibytes < 500 for each in measured)


@pytest.mark.long
def test_a_survey_is_counted_read_and_handed_out() -> None:
    measured = list(measure_surveys(300))
    assert [each.name.partition(": ")[2].split()[0] for each in measured] == [
        "open,",
        "results",
        "workbook",
    ]
    assert all(each.seconds > 0 and 20 < each.mebibytes < 500 for each in measured)
