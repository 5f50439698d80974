"""Short notes that appear over a page and leave by themselves."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal, TypeVar

if TYPE_CHECKING:
    from django.http import HttpResponse

Kind = Literal["success", "info", "warning", "error"]
ResponseT = TypeVar("ResponseT", bound="HttpResponse")


def with_toast(response: ResponseT, text: str, kind: Kind = "success", *, undo_url: str = "") -> ResponseT:
    """Let the page that receives ``response`` by htmx show ``text``, with an Undo button if asked for."""
    events = json.loads(response.get("HX-Trigger", "{}"))
    events["allo:toast"] = {"text": text, "kind": kind, "undo": undo_url}
    response["HX-Trigger"] = json.dumps(events)
    return response
