"""The commission decides: evidence cut out of the recordings, looks, statement, finding, appeal (R14)."""
