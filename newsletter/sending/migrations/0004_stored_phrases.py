"""Keep what the program says as phrases, which each reader has in their own language."""

from django.db import migrations

from newsletter.stored_phrases import PhraseField, WidenText

#: The columns, with how many characters of a plain text each keeps.
COLUMNS = (
    *(("send", "note", 500), ("attempt", "answer", 500), ("evidence", "note", 300)),
    *(("delivery", "reason", 200), ("auditentry", "note", 500), ("dryrun", "problem", 500)),
)


class Migration(migrations.Migration):
    """Widen the columns."""

    dependencies = [("sending", "0003_words")]

    operations = [
        WidenText(model, column, PhraseField(blank=True, max_length=length))
        for model, column, length in COLUMNS
    ]
