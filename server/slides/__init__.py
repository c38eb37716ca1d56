"""Slides of a class: files turned into pages, shown, drawn on, kept with the recording."""
