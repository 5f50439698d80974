"""Reports know which callers hung up to be called back; of earlier calls the facts tell it."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def fill(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Facts are only read."""
    told = apps.get_model("data", "Fact").objects.filter(kind="CallEnded", body__is_callback=True)
    calls = apps.get_model("data", "CallRecord").objects
    call_ids = list(told.values_list("call_id", flat=True))
    for start in range(0, len(call_ids), 500):
        calls.filter(call_id__in=call_ids[start : start + 500]).update(is_callback=True)


class Migration(migrations.Migration):
    dependencies = [("data", "0010_home_country")]
    operations = [
        migrations.AddField("callrecord", "is_callback", models.BooleanField(default=False)),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
