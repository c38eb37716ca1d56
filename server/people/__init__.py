"""Accounts, passwords, two-factor login, sessions, tokens, guests, consents (R17, R25, R26, R30)."""
