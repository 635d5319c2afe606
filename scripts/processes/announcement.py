"""What scripts/run tells the person who started it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from scripts.mailsink.storage import mailbox_name
from scripts.processes.addresses import Addresses
from scripts.processes.demo import Demo
from scripts.processes.officials import Login


def announce(addresses: Addresses, logins: Sequence[Login], data: Path) -> None:
    """Print addresses and logins."""
    print()
    print(f"  Urne      {addresses.service_url}")
    if addresses.is_split:
        print(f"  Register  {addresses.register_url}")
    print(f"  All mail  {addresses.mail_page_url}")
    print(f"  Data      {data}")
    print()
    print(f"  Sign in at {addresses.service_url}/konto/inn")
    widest = max(len(each.email) for each in logins)
    for each in logins:
        print(f"    {each.role:<13} {each.email:<{widest}}  {each.password}")
    print(flush=True)


def announce_demo(demo: Demo, addresses: Addresses) -> None:
    """Print where a newcomer votes."""
    mailbox = f"{addresses.mail_page_url}/boks/{mailbox_name(demo.mailbox)}"
    print(f"  Demo: «{demo.title}», open, {demo.ballots} votes in the box.")
    print(f"    Vote as {demo.mailbox}: open {mailbox}")
    print(f"    Its board: {addresses.service_url}/s/{demo.slug}/tavle")
    print("    Batches of 1, so that you find your ballot at once: never in earnest.")
    print(f"    Key files of the committee: {demo.key_files}")
    print(f"    Their passphrase: {demo.passphrase}")
    print(flush=True)
