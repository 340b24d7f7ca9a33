"""A subject between hosts: the engine's own lifting and lowering at the other end."""
