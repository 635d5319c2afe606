"""Commands about officials: `urne officials ...`."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from accounts.officials import OfficialRefused, create_official
from accounts.roles import ALL_ROLES, Role
from infra.web import current_runtime

group = AppGroup("officials", help="Officials who may sign in.")


@group.command("create")
@click.option("--name", required=True)
@click.option("--email", required=True)
@click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice([role.value for role in ALL_ROLES]),
)
@click.password_option(help="Asked for when not given; at least 12 characters.")
def create(name: str, email: str, roles: tuple[str, ...], password: str) -> None:
    """Create an official."""
    with current_runtime().store("service").begin() as session:
        try:
            found = create_official(
                session,
                name=name,
                email=email,
                password=password,
                roles=[Role(role) for role in roles],
            )
        except OfficialRefused as refusal:
            raise click.ClickException(str(refusal.__doc__)) from None
    click.echo(found.id)
