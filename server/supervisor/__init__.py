"""Starts the children of the house, keeps them alive, and stops them; `sabak serve` runs it."""
