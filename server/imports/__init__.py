"""Import of the university's data from CSV files (R28): read, mapped, tried out, written, repeatable."""
