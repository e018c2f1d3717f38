"""Who shows it: the full screen, the headless face, and the composition root `main`."""
