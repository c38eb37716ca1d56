"""One module for each kind of file: a row in, what it would change out. Pure: everything known is in maps."""
