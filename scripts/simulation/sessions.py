"""An official's browser: cookies, redirects, forms; no script."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus
from http.cookies import Morsel, SimpleCookie
from typing import Final
from urllib.parse import urlencode, urljoin, urlsplit

from scripts.simulation.forms import Form, find_form, read_forms
from scripts.simulation.web import Answer, HttpClient

MOST_REDIRECTS: Final = 5
_LONGEST_TOLD: Final = 300
_TAG: Final = re.compile(r"<[^>]*>")
_REDIRECTS: Final = frozenset(
    {HTTPStatus.FOUND, HTTPStatus.SEE_OTHER, HTTPStatus.MOVED_PERMANENTLY}
)


class PageRefused(Exception):
    """A page was not shown, or a form not taken; the text says where and how."""


@dataclass(frozen=True)
class Page:
    """A page that was shown."""

    url: str
    answer: Answer = field(repr=False)

    @property
    def text(self) -> str:
        """Its HTML."""
        return self.answer.text

    @cached_property
    def forms(self) -> list[Form]:
        """Its forms."""
        return read_forms(self.text, self.url)

    def form(self, ending: str) -> Form:
        """Return the first form whose address ends so.

        Raises:
            NoSuchForm: there is none.

        """
        return find_form(self.forms, ending=ending)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file in a form."""

    name: str
    filename: str
    content: bytes = field(repr=False)


class WebSession:
    """One person's browser, on as many origins as needed.

    Cookies belong to a host, whatever the port, as in browsers.
    """

    def __init__(self) -> None:
        """Know nothing yet."""
        self._clients: dict[str, HttpClient] = {}
        self._cookies: dict[tuple[str, str], tuple[str, str]] = {}

    def close(self) -> None:
        """Close all connections."""
        for client in self._clients.values():
            client.close()

    def get(self, url: str) -> Page:
        """Open a page.

        Raises:
            PageRefused: it is not shown.

        """
        return self._follow("GET", url, None, {})

    def submit(
        self,
        page: Page,
        form: Form,
        values: Mapping[str, str | list[str]] | None = None,
        *,
        upload: Upload | None = None,
    ) -> Page:
        """Fill in and send a form; return the page that follows.

        Raises:
            NoSuchForm: it has no such field.
            PageRefused: it was not taken.

        """
        sent = form.filled(dict(values or {}))
        address = urljoin(page.url, form.action)
        if form.method == "get":
            return self.get(f"{address.partition('?')[0]}?{urlencode(sent)}")
        origin = _origin(page.url)
        if upload is None:
            kind, body = "application/x-www-form-urlencoded", urlencode(sent).encode()
        else:
            kind, body = _multipart(sent, upload)
        headers = {"Content-Type": kind, "Origin": origin, "Referer": page.url}
        return self._follow("POST", address, body, headers)

    def _follow(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]
    ) -> Page:
        for _ in range(MOST_REDIRECTS):
            answer = self._ask(method, url, body, headers)
            if answer.status not in _REDIRECTS:
                break
            url = urljoin(url, answer.headers["location"])
            method, body, headers = "GET", None, {}
        else:
            raise PageRefused(f"redirected for ever at {urlsplit(url).path}")
        if answer.status != HTTPStatus.OK:
            told = _faults(answer.text)
            raise PageRefused(f"{answer.status} at {urlsplit(url).path}: {told}")
        return Page(url, answer)

    def _ask(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]
    ) -> Answer:
        parts, origin = urlsplit(url), _origin(url)
        host = parts.hostname or ""
        client = self._clients.setdefault(origin, HttpClient(origin))
        sent = dict(headers)
        cookies = self._cookies_for(host, parts.path)
        if cookies:
            sent["Cookie"] = cookies
        path = parts.path or "/"
        if parts.query:
            path += f"?{parts.query}"
        answer = client.request(method, path, body=body, headers=sent)
        self._keep(host, answer.cookies)
        return answer

    def _cookies_for(self, host: str, path: str) -> str:
        return "; ".join(
            f"{name}={value}"
            for (of, name), (value, below) in self._cookies.items()
            if of == host
            and (path == below or path.startswith(below.rstrip("/") + "/"))
        )

    def _keep(self, host: str, headers: Sequence[str]) -> None:
        for header in headers:
            parsed: Mapping[str, Morsel[str]] = SimpleCookie(header)
            for name, morsel in parsed.items():
                if morsel["max-age"] == "0":
                    self._cookies.pop((host, name), None)
                else:
                    below = morsel["path"] or "/"
                    self._cookies[host, name] = (morsel.value, below)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _multipart(fields: Sequence[tuple[str, str]], upload: Upload) -> tuple[str, bytes]:
    boundary = secrets.token_hex(16)
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
        f"{value}\r\n".encode()
        for name, value in fields
    ]
    head = (
        f"--{boundary}\r\nContent-Disposition: form-data; "
        f'name="{upload.name}"; filename="{upload.filename}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    parts += [head.encode(), upload.content, f"\r\n--{boundary}--\r\n".encode()]
    return f"multipart/form-data; boundary={boundary}", b"".join(parts)


def _faults(html: str) -> str:
    """Return what a refused page says near the top: its main part without markup."""
    main = html.partition("<main")[2] or html
    return " ".join(_TAG.sub(" ", main).split())[:_LONGEST_TOLD]
