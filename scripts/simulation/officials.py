"""Officials at their screens: every form is fetched, filled in and sent.

The one thing that a person would do and this does not is to read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from scripts.processes.officials import Login
from scripts.simulation.forms import NoSuchForm
from scripts.simulation.sessions import Page, PageRefused, Upload, WebSession
from scripts.simulation.waiting import wait_for

ZONE: Final = ZoneInfo("Europe/Oslo")
TICKED: Final = "y"

_ID: Final = re.compile(r"/valg/([0-9a-f]{32})")
_KEY_LINK: Final = re.compile(r"/nokkel/[0-9a-f]{32}#([0-9A-Z]{26})")
_SENDING: Final = re.compile(r"/utsending/([0-9a-f]{32})")

_READING: Final = "/manntall/lesing/"
_READING_SECONDS: Final = 900


@dataclass(frozen=True, slots=True)
class ElectionPlan:
    """What an organiser fills in for a new election with one question."""

    title: str
    slug: str
    organisation: str
    opens_at: datetime
    closes_at: datetime
    practice: bool = False


class OfficialClient:
    """One official's browser."""

    def __init__(self, origin: str, login: Login) -> None:
        """`origin`: the service's."""
        self._origin, self._login = origin, login
        self._register = origin
        self._web = WebSession()

    def close(self) -> None:
        """Close all connections."""
        self._web.close()

    def sign_in(self) -> None:
        """Sign in; again whenever the clock was moved beyond the session."""
        page = self._get("/konto/inn")
        values: dict[str, str | list[str]] = {
            "email": self._login.email,
            "password": self._login.password,
        }
        self._web.submit(page, page.form("/konto/inn"), values)

    def page(self, election: str, name: str = "") -> Page:
        """Return an official page of an election, such as "protokoll"."""
        return self._get(f"/valg/{election}" + (f"/{name}" if name else ""))

    def create_election(self, plan: ElectionPlan) -> str:
        """Create an election with Ja, Nei and blank; return its id."""
        page = self._get("/valg/ny")
        values: dict[str, str | list[str]] = {
            "title": plan.title,
            "slug": plan.slug,
            "organisation": plan.organisation,
            "opens": _local(plan.opens_at),
            "closes": _local(plan.closes_at),
            "template": "ja-nei",
        }
        if plan.practice:
            values["practice"] = TICKED
        made = self._web.submit(page, page.form("/valg/ny"), values)
        return _found(_ID, made.url)

    def seat_committee(self, election: str, *, threshold: int, approvals: int) -> None:
        """Seat every official who is offered."""
        page = self.page(election, "komite")
        form = page.form("/komite")
        values: dict[str, str | list[str]] = {
            "members": form.offered("members"),
            "threshold": str(threshold),
            "approvals": str(approvals),
        }
        self._web.submit(page, form, values)

    def start_ceremony(self, election: str) -> None:
        """Ask the committee to make its keys."""
        page = self.page(election, "komite")
        self._web.submit(page, page.form("/komite/seremoni"))

    def open_key_page(self, election: str) -> str:
        """Return a new access key of the own seat."""
        page = self.page(election, "komite")
        shown = self._web.submit(page, page.form("/nokkelside"))
        return _found(_KEY_LINK, shown.text)

    def seal(self, election: str) -> None:
        """Seal the manifest, as soon as the register has handed over its totals."""
        page = wait_for(
            "the form that seals",
            lambda: self._with_form(f"/valg/{election}/forsegl"),
        )
        self._web.submit(page, page.form("/forsegl"), {"sure": TICKED})

    def start_count(self, election: str) -> None:
        """Have the sums reckoned; a refusal stands on the page that follows."""
        page = self.page(election, "opptelling")
        self._web.submit(page, page.form("/opptelling/start"))

    def enter_register(self, election: str) -> None:
        """Go over to the register, with a pass of the service."""
        page = self.page(election)
        form = page.form("/r/inn")
        self._web.submit(page, form)
        parts = urlsplit(form.action)
        self._register = f"{parts.scheme}://{parts.netloc}"

    def import_roll(self, election: str, filename: str, content: bytes) -> Page:
        """Upload a roll, and confirm its preview; return the roll's page."""
        page = wait_for(
            "the election in the register",
            lambda: self._of_register(election, "manntall"),
            passing=PageRefused,
        )
        preview = self._web.submit(
            page, page.form("/manntall"), upload=Upload("file", filename, content)
        )
        if _READING not in preview.url:
            return self._web.submit(preview, preview.form("/manntall/bekreft"))
        # A large file is read, and imported, by a job.
        read = self._when_offered(preview.url, "/bekreft")
        self._web.submit(read, read.form("/bekreft"))
        roll = f"{self._register}/r/valg/{election}/manntall"
        return self._when_offered(roll, "/angre")

    def freeze_roll(self, election: str) -> None:
        """Freeze the roll."""
        page = self._of_register(election, "frys")
        self._web.submit(page, page.form("/frys"), {"sure": TICKED})

    def send_invitations(self, election: str, recipients: int) -> str:
        """Write and start the invitations; return the id of the sending."""
        return self._send(election, "innbydelse", recipients)

    def send_reminders(self, election: str, recipients: int) -> str:
        """Write and start reminders; `recipients`: the number that is shown."""
        return self._send(election, "paaminnelse", recipients)

    def is_sent(self, election: str, sending: str) -> bool:
        """Tell whether a sending is done."""
        page = self._of_register(election, f"utsending/{sending}/fremdrift")
        return str(page.answer.json()["state"]) == "done"

    def _send(self, election: str, kind: str, recipients: int) -> str:
        page = self._of_register(election, f"utsending/ny/{kind}")
        # Until the register has got the sealed manifest, it sends nothing.
        draft = wait_for(
            "the register to know the manifest",
            lambda: self._web.submit(page, page.form(f"/ny/{kind}")),
            passing=PageRefused,
        )
        sending = _found(_SENDING, draft.url)
        self._web.submit(draft, draft.form("/start"), {"told": str(recipients)})
        return sending

    def _with_form(self, path: str) -> Page | None:
        page = self._get(path)
        try:
            page.form(path)
        except NoSuchForm:
            return None
        return page

    def _get(self, path: str) -> Page:
        return self._web.get(self._origin + path)

    def _when_offered(self, url: str, ending: str) -> Page:
        """Return a page once it has a form whose address ends so."""

        def look() -> Page:
            page = self._web.get(url)
            page.form(ending)
            return page

        what = f"a form {ending}"
        return wait_for(what, look, seconds=_READING_SECONDS, passing=NoSuchForm)

    def _of_register(self, election: str, name: str) -> Page:
        return self._web.get(f"{self._register}/r/valg/{election}/{name}")


def _local(instant: datetime) -> str:
    return instant.astimezone(ZONE).strftime("%Y-%m-%dT%H:%M")


def _found(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    if match is None:
        raise PageRefused(f"no {pattern.pattern} where it should be")
    return match[1]
