"""The command `newsletter`: one module per noun; only here is printed."""
