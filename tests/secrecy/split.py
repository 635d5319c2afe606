"""Register and service as two operators run them: two of everything, and HTTP between.

Each side has its own data folder, database, Redis database and secrets, knows of the
other its address and its public key, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from infra.config import load_settings
from infra.runtime import Runtime, open_runtime
from infra.secret_values import development_secrets, read_side_secrets
from infra.sides import SIDES, Side, other_side
from tests.conftest import Stores
from tests.faults.fleet import (
    Fleet,
    a_fleet,
    free_port,
    wait_for_verifier,
)
from tests.secrecy.devices import HttpLine
from tests.secrecy.installation import (
    BEFORE,
    Installation,
    a_draft,
    create,
    members,
    set_clock,
)
from tests.smtp import SmtpServer


@contextmanager
def two_operators(
    stores: Stores, folder: Path, redis_url: str, smtp: SmtpServer, *, voters: int
) -> Iterator[tuple[Installation, Fleet]]:
    """Lend an installation of two sides whose election waits for its first mail."""
    ports: Mapping[Side, int] = {side: free_port() for side in SIDES}
    addresses = {side: f"http://127.0.0.1:{ports[side]}" for side in SIDES}
    told = {
        side: {
            **_own_environ(side, stores, folder, redis_url),
            "URNE_SERVICE_URL": addresses["service"],
            "URNE_REGISTER_URL": addresses["register"],
            "URNE_SMTP_HOST": smtp.host,
            "URNE_SMTP_PORT": str(smtp.port),
        }
        for side in SIDES
    }
    runtimes: Mapping[Side, Runtime] = {
        side: open_runtime(load_settings(told[side])) for side in SIDES
    }
    for side in SIDES:
        set_clock(folder / side, BEFORE)
    with a_fleet(folder / "logs") as fleet:
        fleet.start_urne("verifier", told["service"], "verifier")
        for side in SIDES:
            fleet.start_urne(f"worker-{side}", told[side], "worker", side)
            fleet.start_web(f"web-{side}", ports[side], told[side])
        wait_for_verifier(told["service"])
        held = Installation(
            folder / "service",
            runtimes,
            HttpLine(addresses),
            smtp,
            create(runtimes["service"], a_draft()),
            members(voters),
        )
        held.prepare()
        yield held, fleet
    for runtime in runtimes.values():
        runtime.close()


def _own_environ(
    side: Side, stores: Stores, folder: Path, redis_url: str
) -> dict[str, str]:
    data, other = folder / side, other_side(side)
    data.mkdir(exist_ok=True)
    secrets = development_secrets(folder / other)
    known = read_side_secrets({}, other, fallback=secrets).verify_key
    return {
        "URNE_ENVIRONMENT": "test",
        "URNE_SIDES": side,
        "URNE_DATA_DIR": str(data),
        f"{side.upper()}_REDIS_URL": f"{redis_url}/{SIDES.index(side)}",
        f"{side.upper()}_DATABASE_URL": stores.urls[side],
        f"URNE_{other.upper()}_VERIFY_KEY": known.hex(),
        "URNE_VERIFIER_SOCKET": str(data / "v.sock"),
    }
