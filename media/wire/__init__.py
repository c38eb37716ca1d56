"""Wire formats, pure: bytes in, bytes out. No clock, no socket, no state between calls."""
