"""A service tells its owner how to begin, wherever its output goes."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.request import HTTPCookieProcessor, build_opener

import pytest

from tests.program.workspaces import Workspace, wait_until

pytestmark = pytest.mark.once


def test_the_link_to_the_first_password_stands_in_the_log(
    workspace: Callable[..., Workspace],
) -> None:
    """It can be read while the service runs, though its output is a file, and it works."""
    place = workspace()
    service = place.serve()

    found = wait_until(lambda: re.search(r"Choose a password .*: http://[^/]+(\S+)", place.said()))
    address = re.search(r"serves (http\S+)", place.said())
    assert address
    # The link is exchanged for a cookie at once, so that it stands in no address after that.
    with build_opener(HTTPCookieProcessor()).open(address[1] + found[1], timeout=60) as page:
        answer = page.read().decode()
    service.terminate()

    assert service.wait() == 0
    assert 'name="new_password1"' in answer
