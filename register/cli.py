"""Commands about what comes back: `urne bounces FILE|DIR`."""

from __future__ import annotations

import mailbox
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import click

from infra.runtime import Runtime
from register.bounces import LARGEST, NotABounce, UnknownToUs, read_bounce
from register.delivery_reports import note_report

_MBOX_START = b"From "


@click.command("bounces")
@click.argument("place", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--keep", is_flag=True, help="Leave files that were read; they quote voting codes."
)
@click.pass_obj
def bounces(runtime: Runtime, place: Path, *, keep: bool) -> None:
    """Read mails that came back: one file, an mbox, a Maildir, or a folder of files.

    A file that was understood is removed, since it quotes a voting code. What is no
    bounce, or of no mail of ours, is left and counted.
    """
    counted: Counter[str] = Counter()
    for file, raw in _mails_in(place):
        outcome = _take(runtime, raw)
        counted[outcome] += 1
        if file is not None and not keep and outcome in {"noted", "known"}:
            file.unlink()
    told = ", ".join(f"{name} {counted[name]}" for name in _NAMES)
    click.echo(told)


_NAMES = ("noted", "known", "not-a-bounce", "not-ours")


def _take(runtime: Runtime, raw: bytes) -> str:
    try:
        found = read_bounce(raw)
    except NotABounce:
        return "not-a-bounce"
    except UnknownToUs:
        return "not-ours"
    now = runtime.clock.now()
    with runtime.store("register").begin() as session:
        is_news = note_report(
            session, found.token, found.outcome, status=found.status, now=now
        )
    return "noted" if is_news else "known"


def _mails_in(place: Path) -> Iterator[tuple[Path | None, bytes]]:
    """Yield each mail, with the file that holds it alone, if one does."""
    if place.is_file():
        yield from _mails_of(place)
        return
    for file in sorted(place.rglob("*")):
        # A Maildir's tmp holds what is still being written.
        if file.is_file() and not file.is_symlink() and file.parent.name != "tmp":
            yield from _mails_of(file)


def _mails_of(file: Path) -> Iterator[tuple[Path | None, bytes]]:
    with file.open("rb") as opened:
        start = opened.read(len(_MBOX_START))
    if start == _MBOX_START:
        box = mailbox.mbox(file, create=False)
        for name in box.iterkeys():
            yield None, box.get_bytes(name)
        box.close()
    elif file.stat().st_size <= LARGEST:
        yield file, file.read_bytes()
    else:
        yield None, b""
