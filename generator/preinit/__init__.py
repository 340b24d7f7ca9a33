"""Pre-initialisation: a component that begins in the state in which one of its functions left it."""
