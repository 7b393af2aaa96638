"""From content to edition: Jinja, MJML, inlining; no checks of what comes out."""
