"""The survey half's pages and addresses."""

from __future__ import annotations

from typing import Final

from flask import Blueprint

from surveys.views import (
    answer_api,
    answering,
    designing,
    editing,
    log,
    result_files,
    results,
    starting,
)

BLUEPRINTS: Final[tuple[Blueprint, ...]] = (
    answer_api.blueprint,
    answering.blueprint,
    designing.blueprint,
    editing.blueprint,
    log.blueprint,
    result_files.blueprint,
    results.blueprint,
    starting.blueprint,
)
