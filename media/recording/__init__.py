"""What the recorder writes: containers, pieces, and the shelf they stand on. See media/recorder.py."""
