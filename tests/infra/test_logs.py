import logging
import subprocess
import sys

from infra.logs import AllowListFormatter, trace_of

NAME = "Kari Nordmann"

SCRIPT = """
import logging, sys
logging.getLogger("gunicorn.error").addHandler(logging.StreamHandler())
from infra.logs import configure_logging, own_logger
configure_logging()
own_logger("sending").info("batch %s of %d", "0f0f", 3)
logging.getLogger("sqlalchemy.engine").warning("INSERT 'Kari Nordmann'")
logging.getLogger("gunicorn.error").error("Invalid request from ip=192.0.2.7")
logging.getLogger("gunicorn.access").error("192.0.2.7 GET /s/hemmelig")
logging.getLogger("werkzeug").error("192.0.2.7 GET /s/hemmelig")
try:
    try:
        {}["Kari Nordmann"]
    except KeyError as error:
        raise ValueError("Kari\\nNordmann") from error
except ValueError:
    own_logger("web").exception("request failed")
    logging.getLogger("other").exception("request of Kari failed")
"""


def test_a_log_tells_classes_and_places_and_names_nobody() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], check=True, capture_output=True, text=True
    )
    lines = done.stderr.splitlines()
    assert len(lines) == 5
    assert "urne.sending batch 0f0f of 3" in lines[0]
    assert "sqlalchemy.engine (<string>:" in lines[1]
    assert "gunicorn.error (<string>:" in lines[2]
    assert "ValueError at <string>:" in lines[3]
    assert "from KeyError at <string>:" in lines[3]
    for shown in ("Kari", "Nordmann", "192.0.2.7", "hemmelig", "INSERT"):
        assert shown not in done.stderr
    assert done.stdout == ""


def test_a_trace_has_no_text() -> None:
    found: dict[str, int] = {}
    told = ""
    try:
        found[NAME] += 1
    except KeyError as error:
        told = trace_of(error)
    assert told.startswith("KeyError at test_logs.py:")
    assert "Kari" not in told


def test_an_exception_without_a_place_is_told() -> None:
    assert trace_of(ValueError(NAME)) == "ValueError at an unknown place"


def test_one_record_is_one_line() -> None:
    record = logging.LogRecord(
        "urne.web", logging.INFO, "x.py", 1, "a\nb\rc %s", ("d\ne",), None
    )
    assert "\n" not in AllowListFormatter().format(record)
