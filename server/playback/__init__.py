"""Recordings as people watch them (R9): files by signed links, the timeline, and who watched what."""
