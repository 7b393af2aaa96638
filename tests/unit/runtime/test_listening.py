"""The port of the web server: chosen, taken, or the next one; and who has it."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from newsletter.conf import config as settings
from newsletter.conf.config import Config
from newsletter.conf.schema import DEFAULT_PORT
from newsletter.errors import ConfigError
from newsletter.runtime import listening
from newsletter.runtime.listening import bind, bind_web, find_free_port, listen
from newsletter.runtime.port_holder import name_holder


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which this program listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def read(folder: Path, text: str = "", **environ: str) -> Config:
    """Return the settings of a file."""
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return settings.read_config(path, environ)


def bound(config: Config) -> Config:
    """Return the settings once the sockets are bound, which are closed again."""
    found, sockets = bind_web(config)
    with ExitStack() as closing:
        for each in sockets:
            closing.enter_context(each)
    return found


def test_the_default_port_gives_way(
    tmp_path: Path, taken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody chose it: another one does, and the address of the site follows."""
    monkeypatch.setattr(listening, "DEFAULT_PORT", taken)
    wanted = read(tmp_path).with_port(taken)

    found = bound(wanted)

    assert found.web.port not in (0, taken)
    assert found.site.base_url == f"http://127.0.0.1:{found.web.port}"


def test_the_second_of_two_that_start_is_refused(tmp_path: Path) -> None:
    """Both have bound one port before either listens: the slower one learns who has it."""
    config = read(tmp_path).with_port(find_free_port(0))
    with ExitStack() as closing:
        quick, slow = (bind_web(config)[1] for _ in range(2))
        for each in (*quick, *slow):
            closing.enter_context(each)
        listen(config, quick)

        with pytest.raises(ConfigError, match=f"cannot listen on 127.0.0.1:{config.web.port}"):
            listen(config, slow)


def test_a_machine_without_ipv6(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where `localhost` names an address that the machine lacks, the other one is enough."""
    both = [*socket.getaddrinfo("127.0.0.1", 0), *socket.getaddrinfo("2001:db8::1", 0)]
    wanted = [each for each in both if each[1] == socket.SOCK_STREAM]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: wanted)

    [found] = bind("localhost", 0)
    with found:
        assert found.getsockname()[0] == "127.0.0.1"

    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: wanted[1:])
    with pytest.raises(OSError, match=r"[Aa]ddress"):
        bind("localhost", 0)


@pytest.mark.parametrize(
    ("text", "environ"),
    [
        ("", {"NEWSLETTER_WEB_PORT": "{port}"}),
        ('[site]\nbase_url = "https://news.example.org"', {}),
    ],
    ids=["chosen", "behind-a-proxy"],
)
def test_a_port_that_others_know_stays(
    tmp_path: Path, taken: int, monkeypatch: pytest.MonkeyPatch, text: str, environ: dict[str, str]
) -> None:
    """A port that somebody chose, or that a proxy leads to, is an error that names who has it."""
    monkeypatch.setattr(listening, "DEFAULT_PORT", taken)
    given = {name: value.format(port=taken) for name, value in environ.items()}
    wanted = read(tmp_path, text, **given).with_port(taken)

    with pytest.raises(ConfigError, match=f"cannot listen on 127.0.0.1:{taken}") as refused:
        bind_web(wanted)

    assert f"(process {os.getpid()})" in str(refused.value)
    assert "choose another port" in refused.value.hint


def test_the_address_follows_a_chosen_port(tmp_path: Path) -> None:
    """Links are at the port that was chosen, unless an address was given."""
    here = read(tmp_path, "[web]\nport = 8123")
    proxied = read(
        tmp_path, "[web]\nport = 8123", NEWSLETTER_SITE_BASE_URL=f"http://127.0.0.1:{DEFAULT_PORT}"
    )

    assert here.site.base_url == "http://127.0.0.1:8123"
    assert proxied.site.base_url == f"http://127.0.0.1:{DEFAULT_PORT}"


def test_any_port_is_one_for_all_addresses(tmp_path: Path) -> None:
    """With 0 a free port is taken; a host with two addresses has the same port at both."""
    found = bound(read(tmp_path, "[web]\nport = 0"))
    assert found.site.base_url == f"http://127.0.0.1:{found.web.port}"

    sockets = bind("localhost", 0)
    ports = {each.getsockname()[1] for each in sockets}
    for each in sockets:
        each.close()

    assert len(ports) == 1


def test_an_address_of_another_machine(tmp_path: Path) -> None:
    """Another port would not help: the address is blamed, and nobody has it."""
    wanted = read(tmp_path, '[web]\nhost = "192.0.2.1"')

    with pytest.raises(ConfigError, match=r"Cannot assign requested address$"):
        bind_web(wanted)


def test_a_free_port_is_found(taken: int) -> None:
    """The wanted one where it is free, else another."""
    assert find_free_port(taken) != taken
    free = find_free_port(0)
    assert find_free_port(free) == free


def test_the_holder_is_named_without_its_arguments(tmp_path: Path) -> None:
    """A program is named, or what an interpreter runs; arguments may be secrets."""
    table = "  sl  local_address rem_address   st\n"
    rows = [f"{n}: 0100007F:{n:04X} 00000000:0000 0A 0 0 0 0 0 {n}" for n in (80, 81, 82, 83)]
    (tmp_path / "net").mkdir()
    (tmp_path / "net" / "tcp").write_text(table + "\n".join(rows) + "\n")
    lines = {
        80: "/usr/sbin/nginx\0-p\0secret\0",
        81: "/usr/bin/python3.11\0-m\0gunicorn\0secret\0",
        82: "python\0/opt/newsletter\0serve\0",
    }
    for number, line in lines.items():
        (tmp_path / str(number) / "fd").mkdir(parents=True)
        (tmp_path / str(number) / "fd" / "3").symlink_to(f"socket:[{number}]")
        (tmp_path / str(number) / "cmdline").write_bytes(line.encode())

    named = [name_holder(port, tmp_path) for port in (80, 81, 82, 83, 84)]

    assert named == [
        *("nginx (process 80)", "gunicorn (process 81)", "newsletter (process 82)"),
        *("", ""),
    ]
