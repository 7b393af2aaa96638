"""No module needs itself by way of others, not even by a late import."""

from __future__ import annotations

import graphlib

import grimp
import pytest


@pytest.mark.parametrize("package", ["newsletter", "sendgrid_emulator", "subscribers"])
def test_modules_form_no_cycle(package: str) -> None:
    """A reader can take the modules one after the other, each built on those before."""
    graph = grimp.build_graph(package, exclude_type_checking_imports=True, cache_dir=None)

    order = graphlib.TopologicalSorter(
        {name: graph.find_modules_directly_imported_by(name) - {name} for name in graph.modules}
    )

    assert {*order.static_order()} == graph.modules
