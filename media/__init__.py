"""The media engine: packets, peers and rooms. It knows nothing of lessons, users or exams."""
