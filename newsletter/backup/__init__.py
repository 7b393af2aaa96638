"""Backup and restore: one file that holds a whole workspace, and the way back from it.

Begin with `manifest.py` (what a backup says about itself), then `making.py` (how one is made) and
`restoring.py` (how one is put in place, all or nothing).

- `archive.py`: the form of the file: a tar whose first member is the manifest
- `encryption.py`: age (https://age-encryption.org/v1), to public keys or with a passphrase
- `workspace_files.py`: which files of a workspace belong into it, and which must not
- `sqlite_copy.py`: a consistent copy of a SQLite file in use
- `postgresql_rows.py`, `tables.py`: the same of PostgreSQL, and tables for it
- `placing.py`: exchange files for others, so that a kill in the middle can be finished
- `interrupted.py`: whether that was interrupted
- `kept_backups.py`: the backups in the folder for them: their list, their age, which may go
- `verifying.py`: whether a file is whole
- `nightly.py`: the thread of the service that makes one each night
- `failures.py`: what the system says of a full disk and the like, in words

Nothing here needs Django except `holding.py`, which holds the sends of a restored database.
"""
