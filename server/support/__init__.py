"""\"Something does not work\": what people say, with what their browser knows, and the desk that answers."""
