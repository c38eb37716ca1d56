"""The counters of the running class, shown by `/metrics` (R21). No ids, no names in labels."""

from prometheus_client import CollectorRegistry, Counter, Gauge


class LiveMetrics:
    """One per server, in the registry of `server.web.metrics`."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.seats = Gauge("sabak_live_seats", "Connected class sockets", registry=registry)
        self.classes = Gauge("sabak_live_classes", "Lessons with an open session", registry=registry)
        self.events = Counter(
            "sabak_live_events_sent_total", "Numbered events written to class sockets", registry=registry
        )
        self.news = Counter(
            "sabak_live_news_sent_total", "Passing news written to class sockets", registry=registry
        )
        self.requests = Counter(
            "sabak_live_requests_total", "Requests of class sockets", ["type", "code"], registry=registry
        )
        self.slow = Counter(
            "sabak_live_slow_consumers_total",
            "Class sockets closed because they did not read",
            registry=registry,
        )
        self.limited = Counter(
            "sabak_live_rate_limited_total",
            "Requests refused because a seat asked too often",
            registry=registry,
        )
        self.byes = Counter(
            "sabak_live_byes_total", "Class sockets told not to come back", ["code"], registry=registry
        )
        self.media_lost = Counter(
            "sabak_live_media_lost_total", "Seats told to make a new media connection", registry=registry
        )
        self.workers = Gauge(
            "sabak_live_media_workers", "Media workers that the server is connected to", registry=registry
        )
        self.children = Gauge(
            "sabak_live_child_connected",
            "Whether the server's link to a child process is up",
            ["child"],
            registry=registry,
        )
