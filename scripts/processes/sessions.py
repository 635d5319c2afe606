"""Which processes belong to a session: what a program leaves behind when it dies.

A program may give its children process groups of their own (RQ does), but they stay in
its session unless they ask for another one.
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path

_PROC = Path("/proc")
_SESSION_FIELD = 3
"""Counted after the name, which may hold spaces and parentheses (proc(5))."""


def members_of(session: int) -> list[int]:
    """Return the ids of all living processes of a session."""
    return [
        process
        for process, of, state in _processes()
        if of == session and state not in {"Z", "X"}
    ]


def kill_session(session: int) -> None:
    """Kill every process of a session."""
    for process in members_of(session):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def _processes() -> Iterator[tuple[int, int, str]]:
    for folder in _PROC.iterdir():
        if not folder.name.isdecimal():
            continue
        try:
            told = (folder / "stat").read_text("utf-8", "replace")
        except (FileNotFoundError, ProcessLookupError):
            continue  # ended meanwhile
        fields = told.rpartition(")")[2].split()
        yield int(folder.name), int(fields[_SESSION_FIELD]), fields[0]
