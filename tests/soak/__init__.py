"""Tests of what only many rounds, or the worst moment, can show."""
