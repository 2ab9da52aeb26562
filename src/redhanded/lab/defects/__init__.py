"""Faults that the demo API has on purpose: each can be switched on, by its code, while it serves.

`table.DEFECTS` lists them, a `Switchboard` turns them on and off, and a file says which of them
was really served to whom.
"""
