"""Read last by the process from which programs are forked: what it has read is never garbage.

Else each program would look all of it through, several times while it starts.
"""

from __future__ import annotations

import gc

gc.collect()
gc.freeze()
