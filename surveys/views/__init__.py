"""The survey half's pages and addresses."""

from __future__ import annotations

from typing import Final

from flask import Blueprint

from surveys.views import answering

BLUEPRINTS: Final[tuple[Blueprint, ...]] = (answering.blueprint,)
