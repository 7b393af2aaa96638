"""The settings of a publication: its look, its sender, its rhythm and its language."""
