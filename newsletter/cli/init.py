"""`newsletter init`: a workspace, its database, the first publication and the first account."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newsletter.cli.asking import Asker
from newsletter.cli.init_outcome import Outcome, There
from newsletter.cli.init_questions import NAME, Given, ask_publication, ask_user
from newsletter.cli.output import Json, print_result
from newsletter.cli.user import PasswordFile, read_password

if TYPE_CHECKING:
    from newsletter.desk.founding.answers import Answers, FirstUser

DATABASE = "NEWSLETTER_DATABASE_URL"
#: The endings of a SQLite file and of what stands beside it while it is written.
SQLITE_FILES = ("", "-wal", "-shm", "-journal")


def text_option(name: str, metavar: str, words: str) -> Any:
    """Return an option for one of the answers."""
    return typer.Option(f"--{name}", metavar=metavar, help=words)


def init(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="A folder: new, empty, or a workspace.")
    ],
    name: Annotated[str | None, text_option("name", "TEXT", "The name of the publication.")] = None,
    sender: Annotated[
        str | None, text_option("sender", "TEXT", "The name that mail is from.")
    ] = None,
    sender_address: Annotated[
        str | None, text_option("sender-address", "ADDRESS", "The address that mail is from.")
    ] = None,
    postal_address: Annotated[
        str | None,
        text_option("postal-address", "TEXT", "The postal address in the footer of every mail."),
    ] = None,
    zone: Annotated[
        str | None, text_option("zone", "ZONE", "The time zone, such as Europe/London.")
    ] = None,
    weeks: Annotated[str | None, text_option("weeks", "N", "Every N weeks.")] = None,
    on: Annotated[
        str | None, text_option("on", "WEEKDAY", "The weekday, such as thursday.")
    ] = None,
    time: Annotated[str | None, text_option("time", "HH:MM", "The time of day.")] = None,
    first: Annotated[str | None, text_option("from", "DATE", "The first date.")] = None,
    language: Annotated[
        str | None, text_option("language", "CODE", "The language of the publication.")
    ] = None,
    first_number: Annotated[
        str | None,
        text_option("first-number", "NUMBER", "Of the first issue: 3.12, 12, or - for none."),
    ] = None,
    list_name: Annotated[str | None, text_option("list", "TEXT", "The name of its list.")] = None,
    user: Annotated[
        str | None, text_option("user", "NAME", "The user name of the first account.")
    ] = None,
    email: Annotated[
        str | None, text_option("email", "ADDRESS", "The email address of the first account.")
    ] = None,
    password_file: PasswordFile = None,
    database: Annotated[
        str, text_option("database", "URL", "The database, such as postgresql://USER@HOST/NAME.")
    ] = "",
    *,
    yes: Annotated[
        bool, typer.Option("--yes", help="Ask nothing: what no option says is as usual.")
    ] = False,
    in_browser: Annotated[
        bool,
        typer.Option("--in-browser", help="Write the files only; `serve` then asks in a browser."),
    ] = False,
    json: Json = False,
) -> None:
    """Create a workspace: settings, a database, a publication and the first account.

    In a terminal it asks for what no option says. In a folder that has a config.toml, its files
    stay as they are, and what the database lacks is made.
    """
    given = Given(
        name=name,
        sender=sender,
        sender_address=sender_address,
        postal_address=postal_address,
        zone=zone,
        weeks=weeks,
        on=on,
        time=time,
        first=first,
        language=language,
        first_number=first_number,
        list_name=list_name,
        user=user,
        email=email,
        password=read_password(password_file),
    )
    if in_browser:
        write_files(folder, given, database, as_json=json)
        return
    outcome = set_up(folder, given, database, Asker(asks=not (yes or json)))
    print_result(outcome.summary(), as_json=json, text=outcome.text())


def set_up(folder: Path, given: Given, database: str, asker: Asker) -> Outcome:
    """Ask for what is missing, then make it: all of it or nothing."""
    from newsletter.runtime.startup import set_up_django

    is_new = choose_settings(folder, given, database)
    set_up_django()
    there = look()
    answers = None if there.publications else ask_publication(given, asker)
    account = None if there.accounts else ask_user(given, asker)
    with nothing_half_made(folder, is_new=is_new):
        if is_new:
            write_workspace(folder, answers, database)
        link, publication, user = make(answers, account)
    return Outcome(
        folder=folder,
        there=there,
        is_new=is_new,
        publication=publication,
        user=user,
        link=link,
        hides_password=database_has_password(database),
    )


def write_files(folder: Path, given: Given, database: str, *, as_json: bool) -> None:
    """Lay out a workspace and no more."""
    from newsletter.conf.workspace import CONFIG_FILE, require_room

    require_room(folder)
    choose_settings(folder, given, database)
    with nothing_half_made(folder, is_new=True):
        path = write_workspace(folder, None, database, site_name=given.name or "Fortnight")
    text = (
        f"{folder / CONFIG_FILE} is written; there is no database yet.\n"
        f"  cd {folder}\n"
        "  newsletter serve          prints a link to set up the newsletter in a browser"
    )
    result = {"folder": str(folder), "config": str(path), "publication": "", "made": ["settings"]}
    print_result(result, as_json=as_json, text=text)


def choose_settings(folder: Path, given: Given, database: str) -> bool:
    """Have this process work with the workspace of a folder, or the one that will be there.

    Return whether it is new. Nothing is written. Raises `BadInput` for a folder that holds
    something else, and for a database that is not the one of the workspace.
    """
    import tomllib

    from newsletter.conf.config import check, load, use_config
    from newsletter.conf.database_url import check_url, without_password
    from newsletter.conf.workspace import CONFIG_FILE, require_room, write_settings
    from newsletter.errors import BadInput

    if database:
        try:
            check_url(database)
        except ValueError as error:
            raise BadInput(f"--database: {error}", hint="Give another --database.") from None
    path = (folder / CONFIG_FILE).absolute()
    os.environ["NEWSLETTER_CONFIG"] = str(path)
    use_config(None)
    if path.is_file():
        if database and without_password(database) != without_password(load().database.url):
            raise BadInput(
                f"--database: {load().place('database', 'url')} names another one",
                hint="Leave the option out, or change the setting there.",
            )
        return False
    require_room(folder)
    if database:
        os.environ[DATABASE] = database
    text = write_settings(given.name or NAME, database_url=os.environ.get(DATABASE, ""))
    use_config(check(path, tomllib.loads(text)))
    return True


def look() -> There:
    """Return what the database has; one of an earlier release is brought up to date first."""
    from newsletter.conf.config import load
    from newsletter.runtime.startup import complete_tables, has_tables

    if not has_tables(load()):
        return There()
    complete_tables(load())
    from django.contrib.auth import get_user_model

    from newsletter.publishing.models import Publication

    return There(
        tables=True,
        publications=tuple(Publication.objects.values_list("name", flat=True)),
        accounts=tuple(
            get_user_model().objects.order_by("pk").values_list("username", flat=True)[:20]
        ),
    )


def write_workspace(
    folder: Path, answers: Answers | None, database: str, site_name: str = NAME
) -> Path:
    """Write the files of a new workspace, whose folder is claimed, and work with them then."""
    from newsletter.conf.config import use_config
    from newsletter.conf.workspace import fill

    path = fill(
        folder,
        site_name=answers.name if answers else site_name,
        zone=answers.zone if answers else "",
        database_url=database or os.environ.get(DATABASE, ""),
    )
    use_config(None)
    return path


def make(answers: Answers | None, account: FirstUser | None) -> tuple[str, str, str]:
    """Make what is missing; return a link to choose a password with, the publication and the user.

    Each is empty where there is none, or it was there.
    """
    from newsletter.conf.config import load
    from newsletter.runtime.startup import follow_addresses, make_tables

    make_tables(load())
    from newsletter.desk.accounts.links import make_link
    from newsletter.desk.founding import making

    publication, user = making.create_missing(answers, account)
    follow_addresses(load())
    needs_link = user is not None and not user.has_usable_password()
    return (
        make_link(user) if needs_link else "",
        publication.slug if publication else "",
        user.get_username() if user else "",
    )


@contextmanager
def nothing_half_made(folder: Path, *, is_new: bool) -> Iterator[None]:
    """Take away again what was written, where something stops it in the middle.

    Raises `BadInput` where another has made a workspace there meanwhile, and leaves it alone.
    """
    from newsletter.conf.config import load
    from newsletter.conf.data_files import sqlite_file
    from newsletter.conf.workspace import claim
    from newsletter.runtime.startup import upgrade_lock

    was_there = folder.exists()
    file = sqlite_file(load())
    is_new_file = file is not None and not file.exists()
    if is_new:
        claim(folder)
    try:
        yield
    except BaseException:
        from django.db import connections

        connections.close_all()
        if is_new_file and file is not None:
            beside = [file.with_name(f"{file.name}{end}") for end in SQLITE_FILES]
            for each in (*beside, upgrade_lock(file)):
                # What cannot be removed is no reason to hide what went wrong.
                with suppress(OSError):
                    each.unlink()
        if is_new:
            for each in folder.glob("*"):
                shutil.rmtree(each) if each.is_dir() else each.unlink()
            if not was_there:
                shutil.rmtree(folder, ignore_errors=True)
        raise


def database_has_password(database: str) -> bool:
    """Say whether the address of the database has a password, which is in no file."""
    from newsletter.conf.database_url import without_password

    url = database or os.environ.get(DATABASE, "")
    return url != without_password(url)
