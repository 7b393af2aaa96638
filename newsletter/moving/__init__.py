"""Move a database from SQLite to PostgreSQL, or back: every row, counted and compared.

Begin with `database_move.py`, the whole of it in order.

- `values.py`: what a value is on either side, and in which form the two are compared
- `sides.py`: what the two databases have in common here: tables, rows in order, a place to build
- `sqlite_side.py`, `postgresql_side.py`: each of them
- `copying.py`: copy tables, compare tables, by chunks
- `target_address.py`: the address that is moved to, and the line of config.toml

The new database is built beside whatever is there: in a schema of its own, or in a file with
another name.  It is put in place at the end, at once.  So a move that is killed has left nothing
that looks like a database of ours, and the next one goes on where it stopped.
"""
