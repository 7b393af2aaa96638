"""No module needs itself by way of others, not even by a late import or for its types."""

from __future__ import annotations

import graphlib

import grimp


def test_modules_form_no_cycle() -> None:
    """A reader can take the modules one after the other, each built on those before."""
    graph = grimp.build_graph("newsletter", "sendgrid_emulator", "subscribers", cache_dir=None)

    order = graphlib.TopologicalSorter(
        {name: graph.find_modules_directly_imported_by(name) - {name} for name in graph.modules}
    )

    assert {*order.static_order()} == graph.modules
