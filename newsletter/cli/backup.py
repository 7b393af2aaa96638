"""`newsletter backup` and `newsletter restore`: keep a workspace in one file, and restore it."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newsletter.cli.languages import readers_language
from newsletter.cli.output import Json, print_result, print_table
from newsletter.errors import BadInput
from newsletter.phrases import phrase, translate
from newsletter.runtime.startup import open_to_examine, open_workspace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsletter.backup.encryption import Unlocking
    from newsletter.backup.kept_backups import KeptBackup
    from newsletter.backup.manifest import Manifest
    from newsletter.backup.restoring import Plan

app = typer.Typer(
    help="Back up the workspace: database, pictures, keys, templates and settings, in one file."
    "\n\nEverything may run and send meanwhile.",
    invoke_without_command=True,
)

File = Annotated[Path, typer.Argument(metavar="FILE", help="A file that newsletter backup made.")]
Identity = Annotated[
    Path | None,
    typer.Option("--identity", help="A file with the secret key of age or SSH that decrypts it."),
]
PassphraseFile = Annotated[
    Path | None,
    typer.Option("--passphrase-file", help="A file with the passphrase in its first line."),
]


@app.callback()
def backup(
    context: typer.Context,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="The new file, or a folder. Default: [backup] folder."),
    ] = None,
    encrypt_to: Annotated[
        list[str] | None,
        typer.Option("--encrypt-to", help="Encrypt to a public key of age or SSH; repeatable."),
    ] = None,
    passphrase_file: PassphraseFile = None,
    *,
    json: Json = False,
) -> None:
    """Back up the workspace: database, pictures, keys, templates and settings, in one file.

    Everything may run and send meanwhile.
    """
    if context.invoked_subcommand:
        return
    config = open_to_examine()
    from newsletter.backup.encryption import Protection, read_passphrase
    from newsletter.backup.making import make_backup

    if encrypt_to and passphrase_file:
        raise typer.BadParameter("choose one of --encrypt-to and --passphrase-file")
    how = None
    if encrypt_to:
        how = Protection(recipients=tuple(encrypt_to))
    elif passphrase_file:
        how = Protection(passphrase=read_passphrase(passphrase_file))
    made = make_backup(config, out=out, how=how)
    with readers_language():
        said = phrase(
            "{path}: {size} MB, with {rows} rows of {people} people. Only you can read it.",
            path=str(made.path),
            size=f"{made.size / 1e6:,.1f}",
            rows=f"{sum(made.manifest.database.rows.values()):,}",
            people=f"{made.manifest.people:,}",
        )
        text = "\n".join([translate(said), *not_in_it(made.manifest)])
    result = {"file": str(made.path), "bytes": made.size, **summary(made.manifest)}
    print_result(result, as_json=json, text=text)


@app.command()
def verify(
    file: File,
    identity: Identity = None,
    passphrase_file: PassphraseFile = None,
    *,
    json: Json = False,
) -> None:
    """Check that a backup is whole: every file in it is read and compared."""
    from newsletter.backup.verifying import verify_backup

    manifest = verify_backup(file, unlocking(identity, passphrase_file))
    text = translate(
        phrase(
            "{file} is whole: {members} files, made {time} by release {version}.",
            file=str(file),
            members=f"{len(manifest.members):,}",
            time=manifest.shown_time(),
            version=manifest.version,
        )
    )
    print_result({"file": str(file), **summary(manifest)}, as_json=json, text=text)


@app.command("list")
def list_(*, json: Json = False) -> None:
    """List the backups in the folder for them, the newest first."""
    config = open_to_examine()
    from newsletter.backup.kept_backups import backup_folder, list_backups

    found = list_backups(backup_folder(config))
    if json:
        print_result([row_for_programs(each) for each in found], as_json=True, text="")
        return
    if not found:
        print(f"There is no backup in {backup_folder(config)}.")
        return
    print_table(
        ("Made", "Why", "MB", "Encrypted", "File"),
        [
            (
                f"{each.made_at:%Y-%m-%d %H:%M} UTC",
                each.reason or "by hand",
                f"{each.size / 1e6:,.1f}",
                "yes" if each.encrypted else "no",
                each.path,
            )
            for each in found
        ],
    )


def restore(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", help="A file that newsletter backup made."),
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Argument(
            metavar="DIR", help="A workspace, or a new or empty folder. Default: this workspace."
        ),
    ] = None,
    identity: Identity = None,
    passphrase_file: PassphraseFile = None,
    *,
    finish: Annotated[
        bool, typer.Option("--finish", help="Finish a restore that was interrupted.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
    json: Json = False,
) -> None:
    """Restore a backup, all or nothing. What was there is kept beside it.

    Stop every program first. Sends in progress are held until it is known who has the mail.
    """
    from newsletter.backup.restoring import finish_restore, restore_backup
    from newsletter.conf.config import find_config

    root = (folder or find_config().parent).absolute()
    if finish:
        manifest = finish_restore(root)
        if manifest is None:
            raise BadInput(phrase("no restore was interrupted in {folder}", folder=str(root)))
        hold(root / manifest.config, manifest, (), as_json=json)
        return
    if file is None:
        raise typer.BadParameter("name the file of a backup", param_hint="FILE")

    def confirm(plan: Plan) -> None:
        ask(plan, yes=yes, as_json=json)

    restored = restore_backup(file, root, unlocking(identity, passphrase_file), confirm)
    hold(restored.config.path, restored.manifest, restored.aside, as_json=json)


def unlocking(identity: Path | None, passphrase_file: Path | None) -> Unlocking:
    """Return with what a backup is to be decrypted."""
    from newsletter.backup.encryption import Unlocking, read_passphrase

    passphrase = read_passphrase(passphrase_file) if passphrase_file else ""
    return Unlocking(identity_file=identity, passphrase=passphrase)


def ask(plan: Plan, *, yes: bool, as_json: bool) -> None:
    """Have a person confirm what is replaced; nobody is asked about a new folder."""
    if yes or not plan.replaced:
        return
    if as_json:
        raise BadInput(
            phrase("{folder} has a workspace already", folder=str(plan.config.root)),
            hint=phrase("It is kept beside the restored one; to go on: --yes"),
        )
    manifest = plan.manifest
    print(f"Backup of {manifest.shown_time()}, release {manifest.version}.")
    print("To be replaced, and kept beside it:")
    print("\n".join(f"  {path}" for path in plan.replaced))
    typer.confirm("Restore?", abort=True)


def hold(path: Path, manifest: Manifest, aside: Sequence[str], *, as_json: bool) -> None:
    """Hold what may be in doubt, and say what was restored and what to do next."""
    os.environ["NEWSLETTER_CONFIG"] = str(path)
    # One of an older release is upgraded now, and there is a backup of it.
    os.environ["NEWSLETTER_BACKUP_BEFORE_UPGRADE"] = "false"
    config = open_workspace(may_be_old=True)
    from newsletter.backup.holding import hold_restored
    from newsletter.cli.programs import suspended
    from newsletter.cli.send import summarise_suspension

    with said_below():
        hold_restored(config, manifest)
    result = {"config": str(path), "suspended": summarise_suspension(), **summary(manifest)}
    result |= {"aside": list(aside)}
    with readers_language():
        said = [phrase("The workspace {folder} is restored.", folder=str(path.parent))]
        said += [phrase("What was there before: {folder}", folder=each) for each in aside]
        lines = [*map(translate, said), suspended() or translate(NOTHING_HELD), translate(NEXT)]
    print_result(result, as_json=as_json, text="\n".join(lines))


@contextlib.contextmanager
def said_below() -> Iterator[None]:
    """Have the log not say what the command says itself a line later: why nothing is sent."""
    log = logging.getLogger("newsletter.sending.restores.suspensions")
    before = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(before)


NOTHING_HELD = phrase("Nothing says that mail was submitted since then: no send is held.")
NEXT = phrase(
    "Next: enter who left since then (newsletter subscriber unsubscribe ADDRESS), run newsletter"
    " send resolve, then start newsletter serve. See docs/how-to/restore.md"
)


def not_in_it(manifest: Manifest) -> list[str]:
    """Say what is not in a backup."""
    return [translate(phrase("Not in it: {what}", what=each)) for each in manifest.left_out]


def summary(manifest: Manifest) -> dict[str, Any]:
    """Return what programs want to know of a backup."""
    return {
        "made_at": manifest.made_at.isoformat(),
        "version": manifest.version,
        "database": manifest.database.kind.value,
        "rows": dict(manifest.database.rows),
        "files": len(manifest.members),
        "left_out": list(manifest.left_out),
    }


def row_for_programs(kept: KeptBackup) -> dict[str, Any]:
    """Return what programs want to know of a file in the list."""
    return {
        "file": str(kept.path),
        "made_at": kept.made_at.isoformat(),
        "reason": kept.reason or "by-hand",
        "bytes": kept.size,
        "encrypted": kept.encrypted,
    }
