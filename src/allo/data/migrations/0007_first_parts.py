"""Calls answered before parts were kept have one part, their whole."""

from django.db import migrations

FILL = """
INSERT INTO data_callpart
    (call_record_id, place, agent_id, queue_id, started_at, ended_at, talk_s, hold_s, wrapup_s, ended_by, is_consulted)
SELECT id, 1, agent_id, queue_id, answered_at, ended_at, talk_s, hold_s, wrapup_s,
    CASE WHEN ended_at IS NULL THEN '' ELSE 'call' END, FALSE
FROM data_callrecord WHERE answered_at IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("data", "0006_parts_codes_messages")]
    operations = [migrations.RunSQL(FILL, "DELETE FROM data_callpart")]
