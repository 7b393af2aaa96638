"""Choose a logo from the pictures; Wagtail's own widget begins with a script inside of the page."""

from __future__ import annotations

import json
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail.images.widgets import AdminImageChooser


class LogoChooser(AdminImageChooser):
    """The same, begun by look.js: the policy for pages allows scripts from files only."""

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        """Return the widget, with what the script needs to begin it."""
        del renderer
        attrs = attrs or {}
        data = self.get_value_data(value)
        options = self.get_js_init_options(attrs["id"], name, data)
        widget = self.render_html(name, data, attrs)
        return format_html(
            '<div data-logo-chooser="{}" data-options="{}">{}</div>',
            attrs["id"],
            json.dumps(options),
            widget,
        )
