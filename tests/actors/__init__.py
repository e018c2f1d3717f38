"""Tests of who says it, file by file."""
