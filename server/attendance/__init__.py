"""Attendance (R6, R7): who was there for how long, by the server's clock, and what the journal says."""
