"""Talking to each other in a class: hands, chat, questions, polls, reactions (R5)."""
