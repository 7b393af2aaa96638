"""What `deploy/` starts, and with which settings, exists; and it lets programs finish."""

from __future__ import annotations

import datetime as dt
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from newsletter import cli
from newsletter.conf.config import Config
from newsletter.conf.schema import Section
from newsletter.runtime import connection_limits
from newsletter.runtime.connection_limits import (
    BODY_BYTES,
    IMPORTS,
    KIBIBYTE,
    MAX_BODY_BYTES,
    MEBIBYTE,
)
from newsletter.runtime.shutdown import GRACE
from tests.environment import ROOT

DEPLOY = ROOT / "deploy"
UNIT = DEPLOY / "systemd" / "fortnight@.service"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
OURS = {name: each for name, each in COMPOSE["services"].items() if each["image"] == "fortnight"}
#: What `systemd-analyze security` gives for an exposure that it calls OK.
MAX_EXPOSURE = 2.0
LIMITS = ("cap_drop", "security_opt", "read_only", "tmpfs", "pids_limit", "mem_limit")


def started() -> list[tuple[str, list[str]]]:
    """Return what is started, as (where, arguments of `newsletter`)."""
    by_compose = [(name, service["command"]) for name, service in OURS.items()]
    files = (UNIT, DEPLOY / "systemd" / "worker.env")
    by_systemd = [(path.name, command_in(path)) for path in files]
    return [*by_compose, *by_systemd]


def command_in(path: Path) -> list[str]:
    """Return what a unit, or the settings of one process, has `newsletter` do."""
    [found] = re.findall(r"FORTNIGHT_COMMAND=(.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return shlex.split(found.strip('"'))


def test_the_unit_does_what_the_settings_say() -> None:
    """Settings of all come first, then the command, which those of one process can change."""
    text = UNIT.read_text(encoding="utf-8")
    lines = re.findall(r"^(?:EnvironmentFile|Environment|ExecStart)=.*$", text, re.MULTILINE)

    assert lines == [
        "EnvironmentFile=/etc/fortnight/fortnight.env",
        "Environment=FORTNIGHT_COMMAND=serve",
        "EnvironmentFile=-/etc/fortnight/%i.env",
        "ExecStart=/opt/fortnight/bin/newsletter $FORTNIGHT_COMMAND",
    ]


@pytest.mark.parametrize(("where", "arguments"), started())
def test_each_command_exists(where: str, arguments: list[str]) -> None:
    """Each program that is started is a command, and takes the options it is given."""
    cli.register()
    name, *options = arguments
    command = typer.main.get_command(cli.app).commands[name]  # type: ignore[attr-defined]

    command.make_context(name, options, resilient_parsing=False)


#: Variables that settings name.
SECRETS = {
    *(Config().site.secret_key_env, Config().site.old_secret_keys_env),
    *(Config().monitoring.metrics_token_env, Config().monitoring.alarm_webhook_env),
}


def settings() -> set[str]:
    """Return the variables of all settings."""
    return {
        f"NEWSLETTER_{section}_{key}".upper()
        for section, field in Config.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, Section)
        for key in field.annotation.model_fields
    } | SECRETS


@pytest.mark.parametrize(
    "path", sorted(p for p in DEPLOY.rglob("*") if p.is_file()), ids=lambda path: path.name
)
def test_each_setting_exists(path: Path) -> None:
    """Each variable of ours that is named anywhere in the folder is a setting."""
    named = set(re.findall(r"NEWSLETTER_[A-Z_]*[A-Z]", path.read_text(encoding="utf-8")))

    assert named <= settings()


def test_everybody_has_the_same_settings() -> None:
    """The processes of the compose file differ in what only the web needs."""
    web, worker = OURS["web"]["environment"], OURS["worker"]["environment"]

    assert set(worker) < set(web)
    assert worker.items() <= web.items()
    assert worker["NEWSLETTER_SENDING_ENGINE"] == "procrastinate"


def test_there_is_time_to_finish() -> None:
    """Nobody is killed before the time is over in which a program finishes what it has begun."""
    patience = [service["stop_grace_period"].removesuffix("s") for service in OURS.values()]
    patience += re.findall(r"^TimeoutStopSec=(\d+)$", UNIT.read_text(), re.MULTILINE)

    assert len(patience) == len(OURS) + 1
    assert min(map(float, patience)) >= GRACE + 5


def site_for_nginx(folder: Path) -> Path:
    """Return the configuration of nginx as a whole one, with a certificate of its own."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "news.example.org")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + dt.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    site = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    site = site.replace("/etc/letsencrypt/live/news.example.org", str(folder))
    (folder / "site.conf").write_text(site, encoding="utf-8")
    below = DEPLOY / "nginx-below-a-path.conf"
    whole = folder / "nginx.conf"
    whole.write_text(
        f"pid {folder}/nginx.pid;\nerror_log {folder}/error.log;\nevents {{}}\n"
        f"http {{ access_log off; include {folder}/site.conf;\n"
        f"server {{ listen 127.0.0.1:9; include {below}; }} }}\n",
        encoding="utf-8",
    )
    return whole


def test_the_proxies_take_their_configuration(tmp_path: Path) -> None:
    """Each proxy that is on this machine says that what we ship for it is good."""
    checks = {
        "nginx": ["-t", "-q", "-p", str(tmp_path), "-c", str(site_for_nginx(tmp_path))],
        "caddy": ["validate", "--adapter", "caddyfile", "--config", str(DEPLOY / "Caddyfile")],
    }
    for name, arguments in checks.items():
        if program := shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin"):
            home = {"HOME": str(tmp_path), "PATH": os.environ["PATH"]}
            done = subprocess.run(
                [program, *arguments], env=home, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "name", ["nginx.conf", "nginx-below-a-path.conf", "Caddyfile", "Caddyfile.below-a-path"]
)
def test_the_proxies_let_through_what_the_program_takes(name: str) -> None:
    """Their limits of bodies are those of the program, path by path, and braces are in pairs."""
    text = (DEPLOY / name).read_text(encoding="utf-8")
    # Caddy's MB are a million bytes, and its MiB what nginx calls m.
    sizes = {
        size.lower().removesuffix("ib") for size in re.findall(r"max(?:_body)?_size (\d+\w*)", text)
    }
    desk = connection_limits.max_body_bytes("/admin/images/", cookie="sessionid=x")

    imports = connection_limits.max_body_bytes(IMPORTS, cookie="sessionid=x")

    assert {f"{each // MEBIBYTE}m" for each in (desk, imports)} <= sizes
    assert {"2m", f"{MAX_BODY_BYTES // KIBIBYTE}k"} <= sizes
    assert IMPORTS in text
    # Visitors name no lines of our log.
    assert "X-Request-ID" in text
    assert BODY_BYTES["/events/"] == 2 * MEBIBYTE
    assert text.count("{") == text.count("}")
    assert "127.0.0.1:8000" in text


def test_the_unit_leaves_little_open() -> None:
    """No capability, few system calls, a limit of memory, and a umask as the commands have it."""
    text = UNIT.read_text(encoding="utf-8")

    for line in (
        *("CapabilityBoundingSet=", "NoNewPrivileges=yes", "ProtectSystem=strict", "UMask=0077"),
        *("SystemCallFilter=@system-service", "SystemCallArchitectures=native"),
        "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX",
    ):
        assert f"\n{line}\n" in text
    for setting in ("MemoryHigh", "MemoryMax", "TasksMax", "LimitNOFILE"):
        assert re.search(rf"^{setting}=\w+$", text, re.MULTILINE)


def test_systemd_finds_it_little_exposed() -> None:
    """Where its program is here: at most 2.0 of 10; without all this it says 7.3."""
    if not (program := shutil.which("systemd-analyze")):
        return
    done = subprocess.run(
        [program, "security", "--offline=true", "--no-pager", str(UNIT)],
        capture_output=True,
        text=True,
        check=False,
    )
    if found := re.search(r"exposure level for .*: ([\d.]+)", done.stdout):
        assert float(found[1]) <= MAX_EXPOSURE, done.stdout


@pytest.mark.parametrize("name", sorted(COMPOSE["services"]))
def test_a_container_leaves_little_open(name: str) -> None:
    """No capability but those its start takes, a root that cannot be written, and limits."""
    service = COMPOSE["services"][name]

    assert [limit for limit in LIMITS if not service.get(limit)] == []
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service
    if name in OURS:
        assert service["user"] == "10001:10001"
        assert "cap_add" not in service


def test_images_are_pinned_by_digest() -> None:
    """No tag decides what is built on: the digest must be given, and a tag is refused."""
    dockerfile = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    pinned = (DEPLOY / "pin-images").read_text(encoding="utf-8")

    assert re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE) == ["${PYTHON_IMAGE}"] * 2
    assert "*@sha256:*) ;;" in dockerfile
    assert COMPOSE["services"]["database"]["image"].startswith("${POSTGRES_IMAGE:?")
    assert COMPOSE["services"]["proxy"]["image"].startswith("${CADDY_IMAGE:?")
    assert {each["build"]["args"]["PYTHON_IMAGE"][:16] for each in OURS.values()} == {
        "${PYTHON_IMAGE:?"
    }
    assert set(re.findall(r"^pin (\w+)", pinned, re.MULTILINE)) == {
        "PYTHON_IMAGE",
        "POSTGRES_IMAGE",
        "CADDY_IMAGE",
    }
