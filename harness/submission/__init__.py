"""Cases from what people have: a world and calls, a binary that contains a world, a command that fails."""
