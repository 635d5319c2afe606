"""scripts/run: what it starts, what it keeps, and that nothing outlives it."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

from tests.commands.installations import (
    ROOT,
    RunningUrne,
    fetch,
    living_programs,
    running_urne,
)


def test_it_gets_ready_and_stops_without_leaving_a_process(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with running_urne(data) as urne:
        assert fetch(urne.addresses.service_url, "/helse").status == 200
        assert fetch(urne.addresses.mail_page_url).status == 200
        roles = [each.role for each in urne.logins]
        assert roles == [
            "organiser",
            *["committee"] * 3,
            "auditor",
            "administrator",
        ]
        assert all(urne.has_said(each.password) for each in urne.logins)
        _crash_and_see_it_start_again(urne)
        assert urne.interrupt() == 0
        assert list(living_programs(data)) == []
    secrets = list((data / "secrets").iterdir())
    assert len(secrets) == 6
    assert all(each.stat().st_mode & 0o77 == 0 for each in secrets)


def test_nothing_outlives_a_killed_supervisor_and_the_next_goes_on(
    tmp_path: Path,
) -> None:
    data = tmp_path / "data"
    with running_urne(data) as urne:
        before = (urne.addresses.service_port, urne.logins)
        assert len(urne.programs()) >= 8
        urne.process.kill()
        urne.process.wait()
        urne.wait_until(lambda: not list(living_programs(data)))
    with running_urne(data) as urne:
        assert (urne.addresses.service_port, urne.logins) == before
        refused = _run("--data", str(data))
        assert refused.returncode == 1
        assert "is in use by a running Urne" in refused.stderr


def test_two_web_servers_serve_a_side_each_also_in_a_deep_folder(
    tmp_path: Path,
) -> None:
    # Deeper than an address of a Unix socket can be long.
    data = tmp_path / ("a folder with a long name " * 4) / "data"
    with running_urne(data, "--two-processes") as urne:
        register = urne.addresses.register_url
        service = urne.addresses.service_url
        assert list(fetch(register, "/helse").json()["checks"]) == ["register"]
        assert list(fetch(service, "/helse").json()["checks"]) == ["service"]
        assert fetch(register, "/konto/inn").status == 404
        assert fetch(service, "/konto/inn").status == 200
        served = {
            (each.environment["URNE_SIDES"], "gunicorn" in each.words)
            for each in urne.programs()
        }
        assert {("register", True), ("service", True)} <= served


def test_a_folder_of_somebody_elses_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    refused = _run("--data", str(tmp_path), "--fresh")
    assert refused.returncode == 1
    assert "holds other files" in refused.stderr
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_ctrl_c_while_it_starts_afresh_leaves_nothing(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "running.lock").touch()
    (data / "logins.json").write_text("of another time")
    command = [str(ROOT / "scripts" / "run"), "--data", str(data), "--port", "0"]
    command += ["--no-demo", "--fresh"]
    with subprocess.Popen(command, start_new_session=True) as starting:
        while not list(living_programs(data)):
            assert starting.poll() is None
        os.kill(starting.pid, signal.SIGINT)
        assert starting.wait(60) == 0
    assert list(living_programs(data)) == []
    assert not (data / "logins.json").exists()


def _crash_and_see_it_start_again(urne: RunningUrne) -> None:
    worker, web = urne.program("worker", "register"), urne.program("gunicorn")
    worker.kill()
    web.kill()
    urne.wait_until(lambda: urne.has_said("worker register ended (SIGKILL)"))
    urne.wait_until(lambda: urne.has_said("web ended (SIGKILL)"))
    urne.wait_until(lambda: _is_well(urne.addresses.service_url))
    assert urne.program("worker", "register").pid != worker.pid


def _is_well(address: str) -> bool:
    try:
        return fetch(address, "/helse").status == 200
    except OSError:
        return False


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [ROOT / "scripts" / "run", *arguments],
        check=False,
        capture_output=True,
        text=True,
    )
