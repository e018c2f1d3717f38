"""What is said: typed messages, wire formats, state tables, limits and errors. No I/O happens here."""
