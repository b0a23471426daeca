"""Serves one model file until standard input ends; the first line of standard output is the address.

Run as a script, in a process of its own: the server is native code, and its log goes to standard error.
"""

from __future__ import annotations

import sys


def main(weights: str, key: str) -> None:
    """Deterministic on one machine, and fast on a busy one: with more threads each would wait for the slowest."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = weights
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [key]
    params.n_ctx = 8_192  # all that SmolLM2 was trained for
    params.n_parallel = 1
    params.n_gpu_layers = 0
    params.cpuparams.n_threads = 1
    params.warmup = False
    params.ui = False
    params.sampling.temp = 0
    params.sampling.penalty_repeat = 1.3  # else a model so small repeats one line for ever
    params.sampling.penalty_last_n = 256
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
