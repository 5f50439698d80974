"""Why a written message was not sent, in words: from the codes that control keeps; what servers wrote is not kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

_TROUBLES: dict[str, _StrPromise] = {
    "bad_address": _("The address is not one that can be written to."),
    "no_address": _("There is no address to write to."),
    "no_channel": _("The channel has been deleted meanwhile."),
    "no_template": _("The text has been deleted meanwhile."),
    "interrupted": _("The centre was restarted while it was being sent; it may have arrived."),
    "smtp_535": _("The mail server does not accept this login and password."),
    "smtp_not_supported": _("The mail server does not offer this encryption or login."),
    "http_401": _("The provider does not accept these headers: check the key."),
    "http_403": _("The provider does not accept these headers: check the key."),
    "http_404": _("The provider does not know this web address."),
}


def trouble_words(trouble: str) -> str:
    """Why a message was not sent, in words."""
    if trouble in _TROUBLES:
        return str(_TROUBLES[trouble])
    kind, _line, code = trouble.partition("_")
    if kind == "smtp":
        return gettext("The mail server refused it (code %(code)s).") % {"code": code}
    if kind == "http":
        return gettext("The provider refused it (code %(code)s).") % {"code": code}
    return gettext("The server cannot be reached. Check its name and port.")
