"""HTTP for every room: registry, dispatch, errors, security, metrics, static files."""
