"""Notes of team leaders to agents, and what the floor has warned of."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("data", "0002_strategies_and_outcomes")]

    operations = [
        migrations.CreateModel(
            name="Alert",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=160)),
                ("kind", models.CharField(max_length=8)),
                ("rule", models.CharField(max_length=32)),
                ("values", models.JSONField(default=dict)),
                ("began_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "alert",
                "verbose_name_plural": "alerts",
                "ordering": ["-began_at", "-pk"],
                "indexes": [
                    models.Index(fields=["began_at"], name="alert_began"),
                    models.Index(fields=["ended_at"], name="alert_open"),
                ],
            },
        ),
        migrations.CreateModel(
            name="LeaderNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.CharField(max_length=500, verbose_name="text")),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("acknowledged_at", models.DateTimeField(null=True)),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notes_written",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "reader",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notes_received",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "note of a team leader",
                "verbose_name_plural": "notes of team leaders",
                "ordering": ["-at", "-pk"],
                "indexes": [models.Index(fields=["acknowledged_at", "at"], name="leader_note_unread")],
            },
        ),
    ]
