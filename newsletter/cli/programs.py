"""`newsletter serve`, `emulator` and `init`: the commands that are programs of their own."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from newsletter.cli.output import Json, print_result
from newsletter.runtime.availability import when_available
from newsletter.runtime.shutdown import Stoppable
from newsletter.runtime.startup import create_database, open_when_available, open_workspace
from sendgrid_emulator.server import options

ADDRESS = "Postal address, which the law wants at the foot of every mail (Enter: later)"
LATER = "Before anything can be sent it needs a postal address: in the desk, under Publications.\n"


def serve(*, json: Json = False) -> None:
    """Run the web server, the clock and the senders in one process, until SIGTERM."""
    from newsletter.conf.config import load, use
    from newsletter.runtime.listening import bind_web

    wanted = load().web.port
    config, sockets = bind_web(load())
    use(config)
    open_when_available()
    from newsletter.desk.accounts.links import welcome_link
    from newsletter.runtime.service import Service

    service = when_available(lambda: Service(config, sockets=sockets))
    # Before anything is claimed: a stop that comes early must find somebody at home.
    service.handle_signals()
    service.start()
    link = when_available(welcome_link) or ""
    lines = [
        f"Fortnight serves {service.address} (the desk: {config.site.base_url}/admin/)",
        about_port(wanted, config.web.port),
        f"Settings: {config.path}",
        suspended(),
        f"First time here? Choose a password for the user admin: {link}" if link else "",
    ]
    result = {"address": service.address, "welcome": link, "config": str(config.path)}
    print_result(result, as_json=json, text="\n".join(filter(None, lines)))
    service.wait()
    stop_program(service)


def about_port(wanted: int, taken: int) -> str:
    """Say that the default port was taken, and by whom; nothing where it was not."""
    if wanted in (0, taken):
        return ""
    from newsletter.runtime.port_holder import name_holder

    by = name_holder(wanted) or "another program"
    return f"Port {wanted} is taken by {by}, so this is port {taken}, until it ends."


def suspended() -> str:
    """Say why nothing is sent; empty while all is well."""
    from newsletter.cli.send import in_local_words
    from newsletter.sending.restores import suspensions

    found = suspensions.get_suspension()
    return "\n".join(suspensions.describe_suspension(found, in_local_words)) if found else ""


def move(*, json: Json = False) -> None:
    """Confirm that this workspace was moved here, and that the old one will not run again."""
    open_workspace()
    from newsletter.sending.restores import suspensions

    moved = suspensions.confirm_move()
    text = (
        "This database sends from here now. The old one must never send again."
        if moved
        else "This database lies where it was: nothing was moved."
    )
    print_result({"moved": moved}, as_json=json, text=text)


def stop_program(program: Stoppable) -> None:
    """Stop a program; status 1 when time ran out over a batch."""
    if not program.stop():
        print("A batch was still in progress; it will be found as unknown.", file=sys.stderr)
        raise typer.Exit(1)


def emulator(
    host: options.Host = "127.0.0.1",
    port: options.Port = 8026,
    folder: options.Folder = None,
    events_to: options.EventsTo = "",
    keys: options.Keys = None,
    senders: options.Senders = None,
    tls: options.Tls = None,
    *,
    json: Json = False,
) -> None:
    """Run a local SendGrid with the same API and rules; a mailbox page shows every mail."""
    from newsletter.errors import BadInput
    from sendgrid_emulator.errors import EmulatorError
    from sendgrid_emulator.server.program import run_emulator

    chosen = options.options_of(folder, events_to, keys, senders, tls)

    def announce(line: str) -> None:
        print_result({"said": line}, as_json=json, text=line)

    try:
        run_emulator(host, port, chosen, announce=announce)
    except OSError as error:
        raise BadInput(
            f"cannot listen on {host}:{port}: {error.strerror}", hint="Choose another --port."
        ) from None
    except EmulatorError as error:
        raise BadInput(str(error), hint=error.hint) from None


def init(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="A folder: new, empty, or a workspace.")
    ],
    name: Annotated[
        str, typer.Option("--name", help="The name of the publication.")
    ] = "The Fortnightly",
    postal_address: Annotated[
        str,
        typer.Option("--postal-address", help="The postal address in the footer of every mail."),
    ] = "",
    *,
    json: Json = False,
) -> None:
    """Create a workspace: settings, a database and a publication, ready to use.

    In a folder that has a config.toml, its files stay as they are, and the database that it names
    is made.
    """
    from newsletter.conf.workspace import prepare_workspace

    if not (postal_address or json) and sys.stdin.isatty():
        postal_address = typer.prompt(ADDRESS, default="", show_default=False)
    path = prepare_workspace(folder, site_name=name)
    import os

    os.environ["NEWSLETTER_CONFIG"] = str(path)
    config = create_database(name, postal_address.strip())
    missing = "" if postal_address.strip() else LATER
    text = (
        f"{folder} is ready, with the publication “{name}”.\n{missing}"
        f"{about_zone(config.site.time_zone)}\n"
        f"  cd {folder}\n"
        "  newsletter emulator &     a local SendGrid, to try everything\n"
        "  newsletter serve          the desk, the clock and the senders"
    )
    result = {"folder": str(folder), "config": str(path), "publication": name}
    print_result({**result, "time_zone": config.site.time_zone}, as_json=json, text=text)


def about_zone(zone: str) -> str:
    """Say in which time zone a new workspace is, and why."""
    from newsletter.conf.machine_zone import machine_zone

    if machine_zone() is None:
        return (
            f"The time zone of this machine is not known, so times are in {zone}. To change that:"
            " [site] time_zone in config.toml,\nand the publication's in the desk."
        )
    return f"Times are in {zone}, the time zone of this machine."
