"""Counters of the server process for Prometheus (R21): requests, refusals, rate limits, logins.

Flows in: what dispatch and the rooms count. Flows out: the text of `/metrics`. The registry is our own,
not the process-wide one, so that two servers in one test stay apart. Labels are routes and codes,
never ids, addresses or names.
"""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest


class Metrics:
    """One per server; rooms find it with `house.part(Metrics)` and may add to `registry`."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "sabak_http_requests_total",
            "HTTP requests answered",
            ["route", "status"],
            registry=self.registry,
        )
        self.latency = Histogram(
            "sabak_http_seconds",
            "Seconds from request to answer",
            ["route"],
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0),
            registry=self.registry,
        )
        self.rejected = Counter(
            "sabak_rejected_total",
            "Requests and messages answered with an error, by code",
            ["code"],
            registry=self.registry,
        )
        self.limited = Counter(
            "sabak_limited_total", "Requests refused by a rate limit", ["limit"], registry=self.registry
        )
        self.logins = Counter(
            "sabak_logins_total", "Attempts to log in by outcome", ["outcome"], registry=self.registry
        )
        self.sockets = Gauge("sabak_websockets", "WebSockets open now", registry=self.registry)

    def text(self) -> bytes:
        """The exposition format, version 0.0.4."""
        return generate_latest(self.registry)
