"""The pages of suppressed addresses: found, added, removed with a reason; no rule who is one."""
