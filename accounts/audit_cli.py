"""Commands about the audit chains: `urne audit ...`."""

from __future__ import annotations

import sys

import click

from accounts.audit_log import (
    ChainCut,
    HeadMalformed,
    export_lines,
    read_head,
    verify_log,
    write_head,
)
from infra.audit import ChainBroken, ChainHead
from infra.runtime import Runtime
from infra.sides import SIDES, Side


@click.group("audit")
def group() -> None:
    """The audit chains, one a side."""


@group.command("verify")
@click.option("--side", type=click.Choice(SIDES), help="This side alone.")
@click.option(
    "--since",
    "kept",
    metavar="HEAD",
    help="A head as an earlier verification printed it; needs --side.",
)
@click.pass_obj
def verify(runtime: Runtime, side: Side | None, kept: str | None) -> None:
    """Recompute the chains from their first event; print their heads.

    Keep what is printed away from the server: a chain whose end was cut off holds by
    itself, and only a kept head tells.
    """
    if kept is not None and side is None:
        raise click.UsageError("--since needs --side")
    for each in [side] if side else sorted(runtime.settings.sides):
        click.echo(f"{each} {_verified(runtime, each, _head(kept))}")


@group.command("export")
@click.option("--side", type=click.Choice(SIDES), required=True)
@click.pass_obj
def export(runtime: Runtime, side: Side) -> None:
    """Write a side's chain to standard output as JSON Lines."""
    output = sys.stdout.buffer
    with runtime.store(side).reading() as session:
        for line in export_lines(session):
            output.write(line)


def _head(kept: str | None) -> ChainHead | None:
    try:
        return None if kept is None else read_head(kept)
    except HeadMalformed as refused:
        raise click.UsageError(str(type(refused).__doc__)) from None


def _verified(runtime: Runtime, side: Side, kept: ChainHead | None) -> str:
    with runtime.store(side).reading() as session:
        try:
            return write_head(verify_log(session, kept))
        except ChainBroken as broken:
            raise click.ClickException(f"{side}: {broken}") from None
        except ChainCut:
            message = f"{side}: the kept head is not in the chain"
            raise click.ClickException(message) from None
