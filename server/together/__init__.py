"""Classes in a room: one device joins for several students who sit together (R1)."""
