"""Makes the tables of README anew: `python -m tests.readme`."""

from tests.readme.tables import README, rewritten

README.write_text(rewritten(README.read_text(encoding="utf-8")), encoding="utf-8")
