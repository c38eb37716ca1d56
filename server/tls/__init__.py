"""HTTPS: the context for a certificate of one's own, and the local authority for a LAN (R25)."""
