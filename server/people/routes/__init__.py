"""The HTTP routes of people; importing the package declares them."""

from server.people.routes import guests, login, me, slips, tokens, users

__all__ = ["guests", "login", "me", "slips", "tokens", "users"]
