"""How each piece of long work is done: made aside over a snapshot, then kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from infra.i18n import LANGUAGES
from voting.archive import pack_archive
from voting.concluding import keep_protocol, make_protocol
from voting.counting_room import NotClosed
from voting.elections import SYSTEM, get_election
from voting.long_work import (
    Progress,
    Workbench,
    WorkKind,
    ask_for,
    finish_work,
    note_refusal,
    note_trouble,
    take_next,
)
from voting.phases import ForbiddenTransition
from voting.printing.annex_sheet import print_annex, read_annex_sources
from voting.printing.printed import PrintKind, keep_printed
from voting.printing.protocol_sheet import print_protocol
from voting.printing.sources import read_sources
from voting.reconciliation import CountStopped
from voting.record_export import write_record_file
from voting.sealed import get_sealed
from voting.tallying import keep_tally, make_tally
from voting.work_tables import LongWork

REFUSALS: Final = (CountStopped, ForbiddenTransition, NotClosed)
"""What no further attempt changes: somebody must see to it."""

Step = Callable[[Workbench, LongWork, Progress], None]


def carry_out(bench: Workbench, election_id: str) -> None:
    """Do every open piece of an election's work, in order, until none is left.

    A refusal is kept for people to read. What goes wrong otherwise is kept by its
    class and raised: the job fails, and is tried again.
    """
    while (row := take_next(bench, election_id)) is not None:
        kind = WorkKind(row.kind)
        try:
            _STEPS[kind](bench, row, Progress(bench, election_id, kind))
        except REFUSALS as refused:
            note_refusal(bench, row, refused)
            return
        except Exception as failure:
            note_trouble(bench, row, failure)
            raise


def _tally(bench: Workbench, row: LongWork, progress: Progress) -> None:
    with bench.store.reading() as session:
        made = make_tally(session, row.election_id, progress)
    at = bench.clock.now()
    with bench.store.begin() as session:
        keep_tally(session, row.election_id, made, actor=row.actor, at=at)


def _protocol(bench: Workbench, row: LongWork, progress: Progress) -> None:
    with bench.store.reading() as session:
        made = make_protocol(session, row.election_id, progress)
    with bench.store.begin() as session:
        keep_protocol(session, row.election_id, made, at=bench.clock.now())


def _record(bench: Workbench, row: LongWork, progress: Progress) -> None:
    with bench.store.reading() as session:
        sealed = get_sealed(session, row.election_id)
        write_record_file(session, bench.settings, sealed, progress)
    with bench.store.begin() as session:
        finish_work(session, row.election_id, WorkKind.RECORD, bench.clock.now())
        ask_for(session, row.election_id, WorkKind.PRINT, actor=SYSTEM)


def _print(bench: Workbench, row: LongWork, progress: Progress) -> None:
    with bench.store.reading() as session:
        sources = read_sources(session, bench.settings, row.election_id, progress)
    progress.enter("printing")
    printed = {each: print_protocol(sources, each) for each in LANGUAGES}
    at = bench.clock.now()
    with bench.store.begin() as session:
        keep_printed(session, row.election_id, PrintKind.PROTOCOL, printed, at=at)
    _pack(bench, row, progress)
    with bench.store.begin() as session:
        finish_work(session, row.election_id, WorkKind.PRINT, bench.clock.now())


def _annex(bench: Workbench, row: LongWork, progress: Progress) -> None:
    progress.enter("printing")
    with bench.store.reading() as session:
        sources = read_annex_sources(session, row.election_id)
    printed = {each: print_annex(sources, each) for each in LANGUAGES}
    at = bench.clock.now()
    with bench.store.begin() as session:
        keep_printed(session, row.election_id, PrintKind.ANNEX, printed, at=at)
        was_approved = get_election(session, row.election_id).approved_at is not None
    if was_approved:
        _pack(bench, row, progress)
    with bench.store.begin() as session:
        finish_work(session, row.election_id, WorkKind.ANNEX, bench.clock.now())


def _pack(bench: Workbench, row: LongWork, progress: Progress) -> None:
    progress.enter("packing")
    with bench.store.reading() as session:
        pack_archive(session, bench.settings, row.election_id, at=bench.clock.now())


_STEPS: Final[dict[WorkKind, Step]] = {
    WorkKind.TALLY: _tally,
    WorkKind.PROTOCOL: _protocol,
    WorkKind.RECORD: _record,
    WorkKind.PRINT: _print,
    WorkKind.ANNEX: _annex,
}
