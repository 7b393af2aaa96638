"""`newsletter user`: people who log in to the desk."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from newsletter.cli.output import Json, print_result, print_table
from newsletter.errors import OutcomeUnknown
from newsletter.phrases import phrase
from newsletter.runtime.startup import open_workspace

app = typer.Typer(help="Manage the people who log in to the desk.", no_args_is_help=True)

Who = Annotated[str, typer.Argument(metavar="NAME", help="The user name.")]
Mail = Annotated[bool, typer.Option("--mail", help="Mail the link to the person instead.")]
PasswordFile = Annotated[
    Path | None,
    typer.Option(
        "--password-file",
        metavar="FILE",
        help="Take the password from the first line of a file; - is standard input.",
    ),
]


@app.callback()
def user() -> None:
    """Help the people who log in to the desk."""


@app.command()
def add(
    name: Who,
    email: Annotated[
        str, typer.Option("--email", metavar="ADDRESS", help="Where the person gets mail.")
    ] = "",
    role: Annotated[
        list[str] | None,
        typer.Option(
            "--role",
            help="writers, approvers, senders, admins, or owner, who may do everything;"
            " may repeat.",
        ),
    ] = None,
    password_file: PasswordFile = None,
    *,
    mail: Mail = False,
    json: Json = False,
) -> None:
    """Add somebody who logs in to the desk, and print a link to choose a password with.

    The link works once, and for three days.
    """
    refuse_both(password_file, mail=mail)
    password = read_password(password_file)
    if not role:
        raise typer.BadParameter("say what the person may do: --role writers, for example")
    if mail and not email:
        raise typer.BadParameter("say where the link is mailed to: --email ADDRESS")
    open_workspace()
    from newsletter.desk.accounts.roster import add_account, roles_of

    account = add_account(name, email=email, roles=role, password=password)
    try:
        link, address = ("", "") if password else hand_out_link(account, mail=mail)
    except OutcomeUnknown as error:
        # The person may have the link already: it must not lead nowhere.
        raise OutcomeUnknown(
            phrase(
                "{name} is added, but nobody knows whether the mail was accepted: {error}",
                name=name,
                error=error.message,
            ),
            hint=phrase("If it does not come: newsletter user reset {name} --mail", name=name),
        ) from error
    except BaseException:
        # Where the mail cannot be sent nobody is added.  In no transaction: with SQLite all other
        # programs would wait for the provider.
        account.delete()
        raise
    given = roles_of(account)
    said = f"{name} is added, with the role {' and '.join(given)}."
    result = {"account": name, "email": email, "roles": given, "link": link, "mailed_to": address}
    print_result(result, as_json=json, text="\n".join(filter(None, (said, tell(link, address)))))


@app.command("list")
def list_all(*, json: Json = False) -> None:
    """List who logs in to the desk, with their roles."""
    open_workspace()
    from dataclasses import asdict

    from newsletter.desk.accounts.roster import list_accounts

    accounts = list_accounts()
    if json:
        print_result([asdict(each) for each in accounts], as_json=True, text="")
        return
    rows = [
        (
            each.name,
            each.email,
            ", ".join(each.roles) or "none",
            describe_state(each),
            f"{each.last_login:%Y-%m-%d %H:%M} UTC" if each.last_login else "never",
        )
        for each in accounts
    ]
    print_table(("Name", "Email", "Roles", "State", "Last login"), rows)


def describe_state(account: Any) -> str:
    """Say whether somebody can log in."""
    if not account.enabled:
        return "disabled"
    return "enabled" if account.has_password else "waits for a password"


@app.command()
def reset(
    name: Who, password_file: PasswordFile = None, *, mail: Mail = False, json: Json = False
) -> None:
    """Print a link with which somebody chooses a new password, or mail it.

    Until then the old password holds. The link works once, and for three days.
    """
    refuse_both(password_file, mail=mail)
    password = read_password(password_file)
    open_workspace()
    from newsletter.desk.accounts.roster import find_account, set_password

    account = find_account(name)
    link, address = "", ""
    if password:
        set_password(account, password)
        account.save()
    else:
        link, address = hand_out_link(account, mail=mail)
    text = tell(link, address) or f"{name} has a new password, and is logged out everywhere."
    print_result({"account": name, "link": link, "mailed_to": address}, as_json=json, text=text)


def hand_out_link(account: Any, *, mail: bool) -> tuple[str, str]:
    """Return a link to choose a password with and no address, or no link and where it is mailed."""
    from newsletter.desk.accounts.links import mail_link, make_link

    return ("", mail_link(account)) if mail else (make_link(account), "")


def tell(link: str, address: str) -> str:
    """Say where the link to choose a password is; nothing where there is none."""
    if address:
        return f"A link to choose a password was mailed to {address}."
    return f"To choose a password, once, within three days:\n{link}" if link else ""


@app.command()
def disable(name: Who, *, json: Json = False) -> None:
    """Let somebody log in no more, and end their sessions; what they wrote stays."""
    open_workspace()
    from newsletter.desk.accounts.roster import disable_account, find_account

    changed = disable_account(find_account(name))
    said = "cannot log in any more" if changed else "was disabled already"
    print_result({"account": name, "changed": changed}, as_json=json, text=f"{name} {said}.")


@app.command()
def enable(name: Who, *, json: Json = False) -> None:
    """Let somebody log in again who was disabled."""
    open_workspace()
    from newsletter.desk.accounts.roster import enable_account, find_account

    changed = enable_account(find_account(name))
    said = "can log in again" if changed else "was enabled already"
    print_result({"account": name, "changed": changed}, as_json=json, text=f"{name} {said}.")


def refuse_both(password_file: Path | None, *, mail: bool) -> None:
    """Refuse a password and a link at once."""
    if password_file and mail:
        raise typer.BadParameter("give --password-file or --mail, not both")


def read_password(file: Path | None) -> str:
    """Return the first line of a file, or of the standard input for `-`; empty without a file.

    Passwords are no arguments: every account of the machine can read those of a process.
    """
    from newsletter.errors import BadInput

    if file is None:
        return ""
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text in UTF-8"
        raise BadInput(
            f"{file}: the password cannot be read: {reason}",
            hint="Write it into the first line of a file that only you can read.",
        ) from None
    password = text.partition("\n")[0].rstrip("\r")
    if not password:
        raise BadInput(f"{file}: the first line is empty", hint="Write the password there.")
    return password


@app.command()
def unlock(
    name: Annotated[
        str,
        typer.Argument(metavar="NAME", help="The user name. Default: all accounts."),
    ] = "",
    *,
    json: Json = False,
) -> None:
    """Reset the count of wrong passwords, so that people can log in at once."""
    open_workspace()
    from newsletter.throttling.counting import unlock as forget

    forgotten = forget(name)
    whose = f"the account {name}" if name else "all accounts"
    print_result(
        {"forgotten": forgotten}, as_json=json, text=f"Passwords can be tried at {whose} again."
    )


@app.command("reset-second-step")
def reset_second_step(name: Who, *, json: Json = False) -> None:
    """Let somebody log in with the password alone, who has lost app and recovery codes.

    Their sessions end, and they are told by mail.
    """
    open_workspace()
    from newsletter.desk.accounts.roster import find_account
    from newsletter.desk.accounts.security import reset_second_step as switch_off

    had = switch_off(find_account(name), by=None)
    said = "logs in with the password alone now" if had else "had no second step"
    print_result({"account": name, "reset": had}, as_json=json, text=f"{name} {said}.")


@app.command("log-out")
def log_out(name: Who, *, json: Json = False) -> None:
    """End all sessions of somebody, in every browser."""
    open_workspace()
    from newsletter.desk.accounts.roster import find_account
    from newsletter.desk.accounts.sessions import end_others

    ended = end_others(find_account(name))
    text = f"{name} is logged out; sessions that were ended: {ended}."
    print_result({"account": name, "ended": ended}, as_json=json, text=text)
