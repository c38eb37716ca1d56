"""Copies of everything that must be kept, made while the server runs, and brought back (R25)."""
