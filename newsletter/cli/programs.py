"""`newsletter serve`, `move` and `emulator`: the commands that are programs of their own."""

from __future__ import annotations

import sys

import typer

from newsletter.cli.output import Json, print_result
from newsletter.runtime.availability import when_available
from newsletter.runtime.shutdown import Stoppable
from newsletter.runtime.startup import open_when_available
from sendgrid_emulator.server import options


def serve(*, json: Json = False) -> None:
    """Run the web server, the clock and the senders in one process, until SIGTERM."""
    from newsletter.conf.config import load, use_config
    from newsletter.runtime.listening import bind_web

    wanted = load().web.port
    config, sockets = bind_web(load())
    use_config(config)
    open_when_available(may_create=True)
    from newsletter.desk.founding.entrance import first_links
    from newsletter.runtime.service import Service

    service = when_available(lambda: Service(config, sockets=sockets))
    # Before anything is claimed: a stop that comes early must find somebody at home.
    service.handle_signals()
    service.start()
    setup, welcome = when_available(first_links)
    lines = [
        f"Fortnight serves {service.address} (the desk: {config.site.base_url}/admin/)",
        about_port(wanted, config.web.port),
        f"Settings: {config.path}",
        suspended(),
        f"Nothing is set up yet. Do it in a browser, here: {setup}" if setup else "",
        f"First time here? Choose a password for the first user: {welcome}" if welcome else "",
    ]
    result = {
        "address": service.address,
        "setup": setup,
        "welcome": welcome,
        "config": str(config.path),
    }
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
