"""Django's entry for the web layer."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Templates, static files and catalogues of all pages; connects data's signals to control."""

    name = "allo.web"
    label = "web"

    def ready(self) -> None:
        """Tell control about every committed change of the set-up."""
        from allo.data.signals import config_changed  # noqa: PLC0415 (apps must be loaded first)
        from allo.web import reasons  # noqa: PLC0415
        from allo.web.control_client import tell_config_changed  # noqa: PLC0415
        from allo.web.desk import choices  # noqa: PLC0415
        from allo.web.floor import limits  # noqa: PLC0415

        config_changed.connect(reasons.forget, dispatch_uid="allo.web.reasons")
        config_changed.connect(limits.in_force.forget, dispatch_uid="allo.web.floor.limits")
        config_changed.connect(choices.at_hand.forget, dispatch_uid="allo.web.desk.choices")
        config_changed.connect(tell_config_changed, dispatch_uid="allo.web.config_changed")
