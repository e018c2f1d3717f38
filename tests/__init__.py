"""Tests. They mirror the three packages path for path; `support` holds what they share."""
