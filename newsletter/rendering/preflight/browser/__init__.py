"""What only a browser can see: finished mails, looked at in Chromium.

    findings = look_at(finished(content, edition, reader))

Needs what the extra `browser` installs, and a Chromium on this machine.
"""
