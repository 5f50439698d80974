"""Forms of accounts."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.utils.translation import gettext_lazy as _

from allo.data.models import User
from allo.web.typed_forms import ModelForm

LONGEST_LOGIN = 64


class SignInForm(AuthenticationForm):
    """Login and password. One sentence for all mistakes, so that nobody can try out logins."""

    error_messages = {
        "invalid_login": _("Login and password do not fit together. Check the keyboard layout and Caps Lock."),
        "inactive": _("Login and password do not fit together. Check the keyboard layout and Caps Lock."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("Login")
        self.fields["username"].widget.attrs.update(
            {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false", "maxlength": LONGEST_LOGIN}
        )
        self.fields["password"].label = _("Password")

    def clean_username(self) -> str:
        """Let nothing longer than a login get as far as the records of failed attempts."""
        username = str(self.cleaned_data["username"])
        if len(username) > LONGEST_LOGIN:
            raise self.get_invalid_login_error()
        return username

    def confirm_login_allowed(self, user: Any) -> None:
        """Keep automatic agents out of the pages."""
        super().confirm_login_allowed(user)
        if user.is_automatic:
            raise self.get_invalid_login_error()


class NewPasswordForm(PasswordChangeForm):
    """The old password and a new one, twice."""

    error_messages = {
        "password_mismatch": _("The two new passwords are not the same. Type both again."),
        "password_incorrect": _("The present password is not right."),
        "password_unchanged": _("The new password is the same as the present one. Choose another."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in (
            ("old_password", _("Present password")),
            ("new_password1", _("New password")),
            ("new_password2", _("New password once more")),
        ):
            self.fields[name].label = label
        self.fields["new_password1"].help_text = _(
            "At least 10 characters; not only digits, not a common word, not your name."
        )
        self.fields["new_password2"].help_text = ""

    def clean(self) -> dict[str, Any]:
        """Refuse to keep the present password."""
        cleaned: dict[str, Any] = super().clean() or {}
        new = cleaned.get("new_password1")
        if new and new == cleaned.get("old_password"):
            self.add_error("new_password1", str(self.error_messages["password_unchanged"]))
        return cleaned


class ProfileForm(ModelForm[User]):
    """What people change about themselves."""

    class Meta:
        model = User
        fields = ("display_name", "language", "theme")
        help_texts = {"display_name": _("Colleagues and your team leader see it.")}
