"""Django's entry for the data app."""

from django.apps import AppConfig


class DataConfig(AppConfig):
    """Registers the models under the label ``data``."""

    name = "allo.data"
    label = "data"
    default_auto_field = "django.db.models.BigAutoField"
