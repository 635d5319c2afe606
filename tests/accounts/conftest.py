from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.runtime import open_runtime
from tests.accounts.account_site import Site, settings_for
from tests.conftest import Stores
from tests.smtp import SmtpServer


@pytest.fixture
def site(stores: Stores, tmp_path: Path, redis_url: str) -> Iterator[Site]:
    """An installation without anybody, on either database."""
    runtime = open_runtime(settings_for(stores, tmp_path, redis_url))
    yield Site(runtime)
    runtime.close()


@pytest.fixture
def mailing(
    stores: Stores, tmp_path: Path, redis_url: str, smtp_server: SmtpServer
) -> Iterator[Site]:
    """The same, with a mail server."""
    settings = settings_for(
        stores,
        tmp_path,
        redis_url,
        URNE_SMTP_HOST=smtp_server.host,
        URNE_SMTP_PORT=str(smtp_server.port),
        URNE_MAIL_FROM="valg@forbundet.example",
    )
    runtime = open_runtime(settings)
    yield Site(runtime)
    runtime.close()
