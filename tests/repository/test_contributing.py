"""What a contributor meets first: the workflow, the hooks, and the page of the package."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest
import yaml
from hatchling.metadata.core import ProjectMetadata
from hatchling.plugin.manager import PluginManager

from tests.environment import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LINK = re.compile(r"\]\(([^)\s]+)\)")


def read_yaml(path: str) -> Any:
    """Return what a YAML file of the tree holds."""
    return yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))


def test_workflow_runs_everything_on_each_python() -> None:
    """The forge runs `.ci/run` on each Python that the package says it supports."""
    (job,) = read_yaml(".github/workflows/ci.yml")["jobs"].values()
    prefix = "Programming Language :: Python :: 3."
    classifiers = PROJECT["project"]["classifiers"]
    supported = [line.rpartition(" ")[2] for line in classifiers if line.startswith(prefix)]

    assert job["strategy"]["matrix"]["python"] == supported
    assert any(".ci/run" in step.get("run", "") for step in job["steps"])


def test_hooks_are_the_checks_of_make() -> None:
    """What the hooks run is what `make check` runs, with the locked programs."""
    (repository,) = read_yaml(".pre-commit-config.yaml")["repos"]
    recipe = (ROOT / "Makefile").read_text(encoding="utf-8").partition("\ncheck:")[2]
    checks = re.findall(r"\.venv/bin/(\S+)", recipe.partition("\n\n")[0])

    assert repository["repo"] == "local"
    programs = [hook["entry"].split()[0] for hook in repository["hooks"]]
    assert programs == [f".venv/bin/{name}" for name in checks]


@pytest.mark.parametrize("name", ["bug", "idea"])
def test_issue_forms_ask_for_something(name: str) -> None:
    """Each form has a name, a description, and a question that must be answered."""
    form = read_yaml(f".github/ISSUE_TEMPLATE/{name}.yml")
    required = [part for part in form["body"] if part.get("validations", {}).get("required")]

    assert form["name"]
    assert form["description"]
    assert required


def test_links_of_the_readme_work_on_a_package_page() -> None:
    """On the page of the package each link is a whole address, of a file that there is."""
    core = ProjectMetadata(str(ROOT), PluginManager()).core
    base = core.urls["Documentation"]
    links = [link for link in LINK.findall(core.readme) if not link.startswith("#")]

    assert len(links) > 20
    assert [link for link in links if not link.startswith("https://")] == []
    ours = [link.removeprefix(base).partition("#")[0] for link in links if link.startswith(base)]
    assert [path for path in ours if not (ROOT / path).exists()] == []
