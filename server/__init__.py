"""People, lessons, exams and records: HTTP, WebSocket, store, trace and the supervisor."""
