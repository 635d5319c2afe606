"""The application factory and the command `urne`: what is put together, no logic."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

import click
from flask import Blueprint, Flask
from flask_wtf.csrf import CSRFProtect

import accounts.audit_cli
import accounts.cli
import accounts.jobs
import accounts.views
import register.cli
import register.jobs
import register.views
import surveys.jobs
import surveys.views
import voting.exchange_handlers
import voting.jobs
import voting.views
from accounts.guards import Access, mark_endpoint, public, seal_app
from infra.config import Settings, load_settings
from infra.exchange_views import exchange_blueprint
from infra.health import Look, health_blueprint
from infra.logs import configure_logging
from infra.migrate import upgrade
from infra.queues import Periodic, run_cron, run_worker
from infra.runtime import Runtime, open_runtime
from infra.sides import SIDES, Side
from infra.token_verifier import TokenVerifier
from infra.web import init_web
from voting.verifier_process import IssuerKeys, VerifierServer

PERIODICS: Final[Mapping[Side, tuple[Periodic, ...]]] = {
    "register": register.jobs.PERIODICS,
    "service": (
        *accounts.jobs.PERIODICS,
        *surveys.jobs.PERIODICS,
        *voting.jobs.PERIODICS,
    ),
}


def create_app(
    settings: Settings | None = None, runtime: Runtime | None = None
) -> Flask:
    """Build the application of the side or sides that the settings name.

    Raises:
        SettingRefused, SecretRefused: it will not start with these settings.
        UnmarkedView: a view does not say who may open it.

    """
    if runtime is None:
        runtime = open_runtime(settings or load_settings(os.environ))
    configure_logging()
    app = Flask(__name__)
    init_web(app, runtime)
    csrf = CSRFProtect(app)
    for side in sorted(runtime.settings.sides):
        for blueprint in blueprints_of(side):
            app.register_blueprint(blueprint)
    app.register_blueprint(exchange_blueprint(runtime))
    mark_endpoint(app, "exchange.take_document", Access("exchange"))
    app.register_blueprint(health_blueprint(runtime, public, NEEDED))
    seal_app(app, csrf)
    return app


def _look_at_verifier(runtime: Runtime, _side: Side) -> None:
    TokenVerifier(runtime.settings.verifier_socket).public_key()


NEEDED: Final[Mapping[Side, Mapping[str, Look]]] = {
    "service": {"verifier": _look_at_verifier}
}
"""What a side cannot do without, besides what every side needs."""


def blueprints_of(side: Side) -> tuple[Blueprint, ...]:
    """Return the rooms of one side."""
    if side == "register":
        return register.views.BLUEPRINTS
    return (
        accounts.views.blueprint,
        *voting.views.BLUEPRINTS,
        *surveys.views.BLUEPRINTS,
    )


@click.group()
@click.pass_context
def main(context: click.Context) -> None:
    """Urne: settings come from the environment (docs/operations.md)."""
    runtime = open_runtime(load_settings(os.environ))
    context.call_on_close(runtime.close)
    context.obj = runtime


main.add_command(accounts.cli.group)
main.add_command(register.cli.bounces)
main.add_command(accounts.audit_cli.group)


@main.command()
@click.pass_obj
def schema(runtime: Runtime) -> None:
    """Bring the databases up to the tables of this release."""
    for side in sorted(runtime.settings.sides):
        upgrade(runtime.store(side))


@main.command()
@click.argument("side", type=click.Choice(SIDES))
@click.pass_obj
def worker(runtime: Runtime, side: Side) -> None:
    """Work off one side's queue."""
    configure_logging()
    run_worker(runtime, side)


@main.command()
@click.argument("side", type=click.Choice(SIDES))
@click.option(
    "--every",
    type=click.IntRange(min=1),
    metavar="SECONDS",
    help="How often, instead of each job's own pace.",
)
@click.pass_obj
def cron(runtime: Runtime, side: Side, every: int | None) -> None:
    """Queue one side's periodic jobs."""
    configure_logging()
    periodics = PERIODICS[side]
    if every is not None:
        periodics = tuple(replace(each, seconds=every) for each in periodics)
    run_cron(runtime, side, periodics)


@main.command()
@click.pass_obj
def verifier(runtime: Runtime) -> None:
    """Serve the verifier process, which alone holds issuer keys on this side."""
    configure_logging()
    folder = Path(runtime.settings.data_dir) / "verifier"
    with VerifierServer(
        runtime.settings.verifier_socket, IssuerKeys.at(folder)
    ) as server:
        server.serve_forever()
