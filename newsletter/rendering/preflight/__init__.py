"""Preflight: what would stop or shame a mail, found before it leaves.

    findings = check(content, edition, template, PreflightContext(headers=…, reader=reader))
    findings += check_links(finished(content, edition, reader)[0])

Only `check_links` asks the network.
"""
