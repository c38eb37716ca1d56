"""Captions: what is said in a class, written along by a person or by a captioner's program."""
