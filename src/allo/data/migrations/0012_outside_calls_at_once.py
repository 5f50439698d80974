from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("data", "0011_calls_to_be_called_back")]
    operations = [
        migrations.AddField(
            "diallinglimits",
            "most_at_once",
            models.PositiveSmallIntegerField(
                "outside calls at once",
                default=20,
                help_text="Of the whole centre. No more than your line carries.",
                validators=[MinValueValidator(1), MaxValueValidator(1000)],
            ),
        ),
    ]
