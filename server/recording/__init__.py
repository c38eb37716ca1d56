"""The recordings of classes (R9, R20): by schedule, never by a button; the recorder process writes them."""
