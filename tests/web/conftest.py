from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from accounts.officials import OfficialIdentity
from infra.clock import FixedClock
from infra.runtime import Runtime, open_runtime
from tests.web.gallery import Gallery, open_gallery, settings_of
from tests.web.official_site import Visitor, officials_app
from tests.web.staging import AFTER


@pytest.fixture(scope="session")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gallery]:
    """One election in each phase, not to be changed by anybody."""
    with open_gallery(tmp_path_factory.mktemp("gallery")) as built:
        yield built


@pytest.fixture
def gallery_runtime(gallery: Gallery, redis_url: str) -> Iterator[Runtime]:
    """The gallery opened, its clock standing just after closing."""
    settings = settings_of(gallery, redis_url)
    opened = open_runtime(settings, clock=FixedClock(AFTER))
    yield opened
    opened.close()


@pytest.fixture
def gallery_app(gallery_runtime: Runtime) -> Flask:
    """The pages over the gallery."""
    return officials_app(gallery_runtime)


Visit = Callable[[OfficialIdentity | None], Visitor]


@pytest.fixture
def visit(gallery_app: Flask, gallery_runtime: Runtime) -> Visit:
    """Open a browser for an official, or for nobody."""
    store = gallery_runtime.store("service")
    return lambda who: Visitor(gallery_app, store, gallery_runtime, who)
