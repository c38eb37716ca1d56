"""Breakout groups of a class: who is in which, for how long, and what that means for sound and chat."""
