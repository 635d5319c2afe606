"""The command line of scripts/bench."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict

from scripts.benchmarks.ballots import measure_ballots, measure_counting
from scripts.benchmarks.measuring import Measurement

_BENCHMARKS: Mapping[str, Callable[[int], Iterator[Measurement]]] = {
    "ballots": measure_ballots,
    "counting": measure_counting,
}


def main() -> int:
    """Run the chosen benchmarks, all of them by default, and print medians."""
    parser = argparse.ArgumentParser(
        prog="scripts/bench", description="Measure medians on this machine."
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="/".join(_BENCHMARKS))
    parser.add_argument("--runs", type=int, default=200, help="runs of each (200)")
    parser.add_argument("--json", action="store_true", help="one object a line")
    chosen = parser.parse_args()
    unknown = sorted(set(chosen.names) - _BENCHMARKS.keys())
    if unknown:
        parser.error(f"there is no benchmark {unknown[0]}")
    for name in chosen.names or _BENCHMARKS:
        for measured in _BENCHMARKS[name](max(chosen.runs, 1)):
            print(json.dumps(asdict(measured)) if chosen.json else measured.line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
