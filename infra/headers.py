"""Security headers: what a page of ours may do in a browser, and who may frame it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from flask import Flask, Response, request

from infra.config import Settings

TRUSTED_TYPES_POLICY: Final = "urne"
"""The one policy that may make the address of a worker."""

_DENIED: Final = (
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "camera",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "screen-wake-lock",
    "serial",
    "usb",
    "xr-spatial-tracking",
)

FIXED: Final[dict[str, str]] = {
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Origin-Agent-Cluster": "?1",
    "Permissions-Policy": ", ".join(f"{name}=()" for name in _DENIED),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-DNS-Prefetch-Control": "off",
    "X-Frame-Options": "DENY",
    "X-Permitted-Cross-Domain-Policies": "none",
}
"""The headers that every answer has."""

HSTS: Final = "max-age=63072000; includeSubDomains"


def content_security_policy(
    settings: Settings, *, inline_hashes: Sequence[str] = (), worker_blobs: bool = False
) -> str:
    """Return the policy of a page.

    `inline_hashes` (``sha256-...``) and `worker_blobs` are for the one page that is
    also saved as a file and so carries its own script and style.
    """
    origins = " ".join(_origins(settings))
    inline = "".join(f" '{each}'" for each in inline_hashes)
    workers = "'self' blob:" if worker_blobs else "'self'"
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self'{inline}",
            f"style-src 'self'{inline}",
            "img-src 'self' data:",
            "font-src 'self'",
            f"connect-src {origins}",
            f"worker-src {workers}",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            f"form-action {origins}",
            "require-trusted-types-for 'script'",
            f"trusted-types {TRUSTED_TYPES_POLICY}",
        )
    )


def init_headers(app: Flask, settings: Settings) -> None:
    """Give every answer its headers; a view's own policy or caching is kept."""
    policy = content_security_policy(settings)

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in FIXED.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Content-Security-Policy", policy)
        if request.endpoint != "static":
            # Personal unless a view says otherwise.
            response.headers.setdefault("Cache-Control", "no-store")
        if settings.in_production:
            response.headers.setdefault("Strict-Transport-Security", HSTS)
        _allow_other_side(response, settings)
        return response


def _origins(settings: Settings) -> list[str]:
    both = {settings.service_url, settings.register_url}
    return ["'self'", *sorted(both)] if len(both) > 1 else ["'self'"]


def _allow_other_side(response: Response, settings: Settings) -> None:
    # The voter's page is the service's; it asks the register, which may stand on a
    # host of its own, and never with a cookie.
    origin = request.headers.get("Origin")
    if settings.service_url == settings.register_url or not _is_api():
        return
    response.vary.add("Origin")
    if origin not in {settings.service_url, settings.register_url}:
        return
    response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = "GET, POST"
        response.headers["Access-Control-Allow-Headers"] = "Content-Type"
        response.headers["Access-Control-Max-Age"] = "600"


def _is_api() -> bool:
    return request.path.startswith("/api/")
