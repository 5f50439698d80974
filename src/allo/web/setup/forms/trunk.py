"""The forms of a trunk and of the home country. A stored password is never shown; an empty field keeps it."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from allo.data.actions.setting import do_save_home_country, do_save_trunk
from allo.data.models import HomeCountry, Trunk, TrunkKind
from allo.data.models.home_country import countries, home_country
from allo.data.phone_numbers import DialledAs
from allo.web.setup.forms.base import SettingForm
from allo.web.setup.forms.pattern import PatternField

if TYPE_CHECKING:
    from allo.data.models import User

HOST_NAME = re.compile(
    r"(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.IGNORECASE
)
# These go into Asterisk's configuration as they are: one line, no comment or separator signs.
PLAIN = re.compile(r"[^\s;\[\]]+")


def other_server() -> str:
    """Return the sentence for a stored secret that would be sent to a server it was not written for."""
    return gettext("This was stored for another server. Write it again.")


class TrunkForm(SettingForm[Trunk]):
    """One line from a telephone operator."""

    once_message = _("There is already a trunk with this name.")

    class Meta:
        model = Trunk
        fields = (
            "name",
            "kind",
            "host",
            "port",
            "username",
            "secret",
            "allowed_ips",
            "is_outgoing",
            "shown_number",
            "dialled_as",
        )
        field_classes = {"shown_number": PatternField}
        widgets = {
            "secret": forms.PasswordInput(attrs={"autocomplete": "new-password"}),
            "allowed_ips": forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._stored_secret = self.instance.secret
        if self._stored_secret:
            self.fields["secret"].help_text = _("A password is stored. Leave empty to keep it.")

        self.fields["shown_number"].widget.attrs["inputmode"] = "tel"
        self.fields["dialled_as"].required = False

    def clean_host(self) -> str:
        """Accept a host name or an address."""
        host = str(self.cleaned_data["host"]).strip().lower()
        try:
            ipaddress.ip_address(host)
        except ValueError:
            if not HOST_NAME.fullmatch(host):
                raise forms.ValidationError(
                    gettext("Write a host name such as sip.example.com, or an address.")
                ) from None
        return host

    def clean_username(self) -> str:
        """Keep what would break the configuration out of it."""
        return self._plain("username")

    def clean_secret(self) -> str:
        """Keep the stored password when none is typed."""
        return self._plain("secret") or self._stored_secret

    def clean_allowed_ips(self) -> str:
        """Accept addresses and networks, one a line; never the whole internet."""
        good = []
        for word in re.split(r"[\s,;]+", str(self.cleaned_data["allowed_ips"]).strip()):
            if not word:
                continue
            try:
                network = ipaddress.ip_network(word, strict=False)
            except ValueError:
                raise forms.ValidationError(
                    gettext("“%(word)s” is not an address. Write one such as 203.0.113.10 or 203.0.113.0/24 a line.")
                    % {"word": word[:60]}
                ) from None
            if network.prefixlen < 8:
                raise forms.ValidationError(
                    gettext("“%(word)s” would let in half the internet. Write the operator's own addresses.")
                    % {"word": word[:60]}
                )
            good.append(str(network.network_address) if network.num_addresses == 1 else str(network))
        return "\n".join(good)

    def clean(self) -> dict[str, Any]:
        """Ask for what the kind of trunk needs."""
        cleaned = super().clean()
        is_kept = self._stored_secret and not self["secret"].data
        if is_kept and "host" in cleaned and cleaned["host"] != self.instance.host:
            self.add_error("secret", other_server())
        if cleaned.get("kind") == TrunkKind.REGISTRATION:
            for name in ("username", "secret"):
                if name not in self.errors and not cleaned.get(name):
                    self.add_error(name, gettext("The operator asks for it when we register."))
        elif "allowed_ips" not in self.errors and not cleaned.get("allowed_ips"):
            self.add_error("allowed_ips", gettext("Write at least one address the operator's calls come from."))
        return cleaned

    def clean_dialled_as(self) -> str:
        """What is dialled as at home needs a home."""
        how = str(self.cleaned_data["dialled_as"]) or self.instance.dialled_as
        if how == DialledAs.NATIONAL and not home_country():
            raise forms.ValidationError(gettext("Choose the home country first: it stands above the list of trunks."))
        return how

    def store(self, actor: User) -> Trunk:
        """Save the trunk."""
        return do_save_trunk(actor, self.save(commit=False))

    def _plain(self, name: str) -> str:
        value = str(self.cleaned_data[name])
        if value and not PLAIN.fullmatch(value):
            raise forms.ValidationError(gettext("Spaces, brackets and semicolons cannot be used here."))
        return value


class HomeCountryForm(SettingForm[HomeCountry]):
    """Where the centre is, for telephone numbers."""

    once = ""
    code = forms.ChoiceField(
        choices=lambda: [("", _("None: only numbers that begin with + are told apart by country")), *countries()],
        required=False,
        label=HomeCountry._meta.get_field("code").verbose_name,
        help_text=_(
            "Numbers without a country (8495…, 7495…) are meant as at home. Choose it before the first calls: "
            "customers are known by their numbers with the country."
        ),
    )

    class Meta:
        model = HomeCountry
        fields = ("code",)

    def store(self, actor: User) -> HomeCountry:
        """Save the country."""
        return do_save_home_country(actor, self.save(commit=False))
