from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("publishing", "0004_undo_until_sent"),
    ]

    operations = [
        migrations.AddField(
            model_name="issue",
            name="issued_on",
            field=models.DateField(blank=True, editable=False, null=True),
        ),
    ]
