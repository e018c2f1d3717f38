"""The real actors under one scheduler, with virtual time: one seed decides everything. See `tests.simulation.world`."""
