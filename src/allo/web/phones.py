"""Where a browser's telephone connects: straight to Asterisk on this very machine, else through the proxy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from django.http import HttpRequest

    from allo.web.control_client import PhoneCredentials


def websocket_url(request: HttpRequest, path: str) -> str:
    """Return the websocket's address for whoever asked by ``request``."""
    here = settings.INSTALLATION
    if settings.ONLY_LOOPBACK:
        return str(here.phone_websocket_url)
    if here.public_origin:
        return str(here.public_origin).rstrip("/").replace("http", "ws", 1) + path
    return f"{'wss' if request.is_secure() else 'ws'}://{request.get_host()}{path}"


def account(request: HttpRequest, credentials: PhoneCredentials) -> dict[str, str]:
    """Return what the page's script needs to register."""
    return {
        "username": credentials.username,
        "password": credentials.password,
        "uri": credentials.uri,
        "ws_url": websocket_url(request, credentials.ws_path),
    }
