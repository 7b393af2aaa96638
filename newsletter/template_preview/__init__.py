"""A template's preview: the mail it makes of a trial issue, on a page that follows every change.

with Server(root, "digest", SAMPLE_ISSUES) as server:
    print(server.url)
"""
