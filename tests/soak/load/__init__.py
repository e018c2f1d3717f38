"""Load: much of everything, and a count afterwards of what is left. `python -m tests.soak.load` runs it."""
