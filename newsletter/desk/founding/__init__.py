"""Founding a newsletter: its publication, its list and its first account, where there is nothing.

`answers` checks what a person says, `making` makes it, `entrance` leads to the page that asks, and
`page` is that page.  `newsletter init` asks the same in a terminal.
"""
