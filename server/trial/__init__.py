"""Trial classes: a room of one's own to try everything in, open at any time (R31)."""
