"""A template's preview: the mail it makes of a trial issue, on a page that follows every change.

with Server(root, "digest", SAMPLE_ISSUES) as server:
    print(server.url)
"""

from newsletter.template_preview.preview import Fault, Preview, fault_of, make_preview
from newsletter.template_preview.server import PORT, Server

__all__ = ["PORT", "Fault", "Preview", "Server", "fault_of", "make_preview"]
