"""The running class: its state, its WebSocket, its media links, its offers."""
