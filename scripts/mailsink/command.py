"""The command line of the mail sink, which scripts/run starts."""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path
from typing import Final

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from werkzeug.serving import make_server

from scripts.mailsink.pages import create_mail_app
from scripts.mailsink.storage import keep_mail
from scripts.processes.addresses import HOST

LARGEST_MAIL: Final = 10 * 1024 * 1024


class Keeper:
    """Takes every mail, whoever it is for."""

    def __init__(self, folder: Path) -> None:
        """Mail goes below `folder`."""
        self._folder = folder

    async def handle_DATA(  # noqa: N802 - aiosmtpd finds the hook by this name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Keep a mail, and say so only then."""
        keep_mail(self._folder, envelope.original_content or b"")
        return "250 OK"


def main() -> int:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(description="Take all mail, and show it.")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--smtp-port", type=int, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--service-url", required=True)
    chosen = parser.parse_args()
    chosen.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # A line for every page would name mailboxes.
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    smtp = Controller(
        Keeper(chosen.folder),
        hostname=HOST,
        port=chosen.smtp_port,
        data_size_limit=LARGEST_MAIL,
        enable_SMTPUTF8=True,
    )
    smtp.start()
    app = create_mail_app(chosen.folder, chosen.service_url)
    pages = make_server(HOST, chosen.port, app, threaded=True)
    pages.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
