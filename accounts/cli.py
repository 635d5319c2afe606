"""Commands about officials: `urne officials ...`."""

from __future__ import annotations

import click

from accounts.administration import has_administrator
from accounts.officials import OfficialRefused, create_official
from accounts.roles import ALL_ROLES, Role
from infra.runtime import Runtime

PASSWORD_VARIABLE = "URNE_PASSWORD"  # noqa: S105 - the name of a variable

_CREATABLE = [role for role in ALL_ROLES if role is not Role.DISTRICT_CONTACT]
"""A district contact has voter groups, which only the page asks for."""


@click.group("officials")
def group() -> None:
    """Officials who may sign in."""


@group.command("create")
@click.option("--name", required=True)
@click.option("--email", required=True)
@click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice([role.value for role in _CREATABLE]),
)
@click.option(
    "--password",
    envvar=PASSWORD_VARIABLE,
    prompt=True,
    hide_input=True,
    confirmation_prompt=True,
    help="At least 12 characters; asked for when neither given nor in URNE_PASSWORD.",
)
@click.pass_obj
def create(
    runtime: Runtime, *, name: str, email: str, roles: tuple[str, ...], password: str
) -> None:
    """Create an official who may sign in; prints the new id.

    The first one is an administrator as well, and invites the others.
    """
    given = {Role(role) for role in roles}
    with runtime.store("service").begin() as session:
        if not has_administrator(session):
            given.add(Role.ADMINISTRATOR)
        try:
            found = create_official(
                session,
                name=name,
                email=email,
                password=password,
                roles=given,
            )
        except OfficialRefused as refusal:
            raise click.ClickException(str(type(refusal).__doc__)) from None
    click.echo(found.id)
