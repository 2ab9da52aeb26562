"""The whole pipeline on a fake clock and a fake, hostile network: seeded, millions of calls.

`python -m tests.simulation --seed N --calls N --workers N` runs it. A breach of one of the rules
prints the seed and the number of the call; `--seed N --only K` then tells that call by its effects.
"""
