"""Files of vision models: which there are, where they lie, how they come (`sabak models fetch`)."""
