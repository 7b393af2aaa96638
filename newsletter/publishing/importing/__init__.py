"""Take in issues written elsewhere: Markdown with metadata, or the text of a published page.

`reading.read(path)` parses a file into a `Manuscript`, without a database;
`import_issue(path, publication)` also makes or updates the draft.  Whatever cannot be taken
in is `ImportRejected`, and nothing is saved.
"""

from newsletter.publishing.importing.saving import Imported, import_issue

__all__ = ["Imported", "import_issue"]
