"""Pre-initialisation: a component whose state is what it was after a function of it had run."""
