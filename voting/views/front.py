"""The front page: what Urne is, and where to go."""

from __future__ import annotations

from flask import Blueprint, render_template

from accounts.guards import public

blueprint = Blueprint("front", __name__)


@blueprint.get("/")
@public
def show() -> str:
    """Show the front page."""
    return render_template("voting/official/front.html")
