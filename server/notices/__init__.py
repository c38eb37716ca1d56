"""What a person should hear of: in the page, and by the university's mail server."""
