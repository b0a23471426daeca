"""Where a program runs: hosts, ports, limits, variables, options. A new form is a new line."""

from __future__ import annotations

from error_classification.classification.parameters.forms import AMOUNT, END, HOST, QUOTE, Extractor, of

EXTRACTORS: dict[str, Extractor] = {
    "host": Extractor(
        of("network_error"),
        (
            rf"[Cc]ould not resolve (?:host|hostname|proxy):? {QUOTE}?{HOST}",
            rf"(?:getaddrinfo|query[A-Z]\w*) E[A-Z_]+ {HOST}",
            rf"lookup {HOST}(?: on [\d.:]+)?: ",
            rf"UnknownHostException: {HOST}",
            rf"[Ff]ailed to resolve {QUOTE}{HOST}",
            rf"unable to resolve host(?: address)? {QUOTE}?{HOST}",
            rf"could not translate host name {QUOTE}{HOST}",
            rf"Temporary failure resolving {QUOTE}{HOST}",
            rf"HTTPS?Connection(?:Pool)?\(host='{HOST}'",
            r"(?:ECONN\w+|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH) (?:\[?([0-9a-f]*(?::[0-9a-f]*){2,})\]?|([\w.-]+)):\d+",
            rf"connect to host {HOST} port",
            rf"[Ff]ailed to connect to {HOST}",
            rf"[Cc]onnect(?:ion)? to {QUOTE}?(?:server at \")?{HOST}",
            r"dial tcp (?:\[([0-9a-f:.]+)\]|([\w.-]+)):\d+",
            rf"server at \"{HOST}\"",
            rf"MySQL server on '{HOST}",
            rf"Could not connect to (?:Redis at )?{HOST}",
            rf"https?://(?:[^@/\s]+@)?{HOST}",
            r"\b((?:\d{1,3}\.){3}\d{1,3}):\d+",
            r"\b(localhost):\d{2,5}\b",
            r"\b([A-Za-z][\w-]*(?:\.[\w-]+)+):\d{2,5}\b",
        ),
    ),
    "port": Extractor(
        of("network_error/connection", "network_error/external_service"),
        (
            r"(?:ECONN\w+|ETIMEDOUT|EHOSTUNREACH) \S+:(\d+)\b",
            r"(?:[Cc]onnect|[Cc]onnection|dial tcp|host|server)[^\n]{0,80}? port (\d+)",
            r"port=(\d+)",
            r"[Pp]ort:? (\d+)",
            r"dial tcp \S*:(\d+)",
            r"https?://[^/\s:]+:(\d+)",
            r"\b(?:[\w-]+\.)+[\w-]+:(\d{2,5})\b",
            r"\blocalhost:(\d{2,5})\b",
        ),
    ),
    "limit": Extractor(
        of("resource_exhaustion", "timeout"),
        (
            rf"(?i:after|within|than|maximum|limit|timeout|deadline|exceeded|time) ?(?:of|:|=|is|was)? ?\(?{AMOUNT}",
            rf"(?i:exceed(?:s|ed)|timed out|over)[^\n\d]{{0,60}} {AMOUNT}",
            r"(?i:timeout of |limit of |limit: ?|ulimit -n |max[ -]size=|-Xmx)(\d[\d.]*\w{0,12})",
            rf"{AMOUNT} (?i:timeout|limit|exceeded)",
        ),
    ),
    "variable": Extractor(
        of("configuration_error/missing_variable"),
        (
            r"([A-Za-z_]\w*): (?:unbound variable|parameter (?:not set|null or not set))",
            rf"KeyError: {QUOTE}([A-Za-z_]\w*)",
            rf"[Ee]nvironment variable:? {QUOTE}?([A-Z_a-z]\w*)",
            rf"\b([A-Z][A-Z0-9_]{{2,}}){END}? (?:environment variable|(?:is |was )?(?:not|missing|empty|required)\b|must be)",
            r"(?:[Mm]issing|[Rr]equired|[Uu]ndefined|[Uu]nset)[^\n]{0,60}?\b([A-Z][A-Z0-9_]{2,})\b",
            rf"(?:variable|secret|input|parameter) (?:named |called )?{QUOTE}([A-Za-z_]\w*)",
            r"\$\{?([A-Z][A-Z0-9_]{2,})\b",
            r"\b([A-Z][A-Z0-9]*_[A-Z0-9_]+)\b",
        ),
    ),
    "option": Extractor(
        of("configuration_error/bad_argument"),
        (
            rf"(?i:no such|unknown|unrecogni[sz]ed|unexpected|invalid|bad) [\w ]{{3,24}}[: ]+(?:-- )?{QUOTE}?(--?[\w.-]+)",
            rf"{QUOTE}(--?[A-Za-z][\w-]*){END}",
            r"(?:^|\s)(--[a-z][\w-]+)",
        ),
    ),
}
