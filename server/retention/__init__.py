"""How long each kind of record is kept, what is held beyond that, and how it goes for good (R20)."""
