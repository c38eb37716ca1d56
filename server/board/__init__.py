"""The dispatcher's board: how today's lessons stand at this moment."""
