"""Services that tests and benchmarks run against, on loopback: real sockets, no network."""
