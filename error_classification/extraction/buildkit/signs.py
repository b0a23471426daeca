"""Which lines of a step's output speak of an error, and how plainly: four tables of expressions, tried in this order.

To add a shape, put it into the table that fits and a line of each kind into the test's table. RE2 keeps it linear.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum

import re2

_LOOKED_AT = 600
"""Characters of a line that decide."""


class Sign(IntEnum):
    """How plainly a line names what went wrong."""

    NONE = 0
    SYMPTOM = 1
    """Follows from an error that was printed before (make's ``Error 2``)."""
    WORD = 2
    """Has a word that errors have, in no shape that is known."""
    ERROR = 3


_NOISE = (
    r"^\W*(?i:(npm )?warn(ing)?|notice|deprecat\w*|note|info|debug?|hint|help|(npm )?notice|trace)\b",
    r"(?i:\bwarning: )",
    r"^(Get|Ign|Hit):\d+ ",
    r"^(Unpacking|Setting up|Preparing to unpack|Selecting previously|Processing triggers|Reading|Fetched)\b",
    r"^(Downloading|Collecting|Installing|Fetching|Requirement already|Using cached|Building|Created wheel|Stored in)\b",
    r"^(Compiling|Downloaded|Checking) [\w-]+ v\d|^go: downloading ",
    r"^(Adding|Removing|Enabling|Extracting|Receiving|Resolving|Cloning|creating|copying|running|adding|inflating|extracting)\b",
    r"^\(\s*\d+/\d+\) (Installing|Upgrading|Purging)",
    r"^(checking|--) ",
    r"(?i:\b(0|no|zero|without) (error|failure|fail|warning)(s|ed)?\b)",
    r"(?i:\b(error|failure|fail)(s|ed)?[:=] ?0\b)",
    r"^\+ ",
    r"^\s*(\S*/)?([\w-]+-)?(gcc|g\+\+|cc|c\+\+|clang|clang\+\+|nvcc|rustc|libtool:?)(-\d+)? .* -",
    r"^\[\s*\d+%\] (Building|Linking|Built)",
    r"^\[\d+/\d+\] (?:Building|Linking|Compiling|\S+ -)",
    r"^\s*([✓✔√]|ok\b|PASS(ED)?\b)|\.\.\. ok$|\bPASSED\b",
    r"(?i:^\s*retrying\b|\bretry (in|after) \d)",
)
_SYMPTOMS = (
    r"^(\w*make|gmake)(\[\d+\])?: \*\*\* ",
    r"^ninja: (build stopped|error: rebuilding)",
    r"^collect2: error: ld returned|^clang: error: linker command failed",
    r"^npm (ERR!|error) (A complete log|Exit status|errno|code (ELIFECYCLE|EUSAGE|\d)|This is probably not|Failed at the)",
    r"^npm (ERR!|error) (path|command|signal|Lifecycle script|workspace|location|in workspace)\b",
    r"^npm (ERR!|error)\s*($|/)",
    r"(?i:\bexit(ed)?( with)?( error)?( code| status)?:? ?\d+\.?$|\breturned (a )?non-zero|exited with (code|status|non-zero))",
    r"^exit status \d",
    r"^error Command failed|ELIFECYCLE|^error Command failed with exit code",
    r"^(info|error) Visit https://yarnpkg",
    r"subprocess-exited-with-error|metadata-generation-failed|^\s*[╰×│]",
    r"^error: could not compile|^error: aborting due to|^error: build failed|^For more information about",
    r"^(Build FAILED|BUILD FAIL(ED|URE))",
    r"^\[ERROR\]\s*($|\[Help|To see the full|Re-run Maven|For more information|-> \[Help|After correcting)",
    r"^\d+ errors?( generated| found|$)|^Found \d+ errors?",
    r"(?i:^error during build:?$|^(fatal )?error:?$|^failed to compile\.?$)",
    r"(?i:^error: failed building wheel|^ERROR: Could not build wheels|^FAILED: )",
    r"^-- Configuring incomplete, errors occurred",
    r"(?i:^cp: -r not specified|^See also |^see above)",
)
_ERRORS = (
    r"(?i:^[\W_]*(\S{1,60} ){0,2}?(\S{1,40}:)?\[?(fatal|error|err!|panic|exception|critical)\]?( \w{0,12}\d{2,5})? ?[:!\]\(])",
    r"^\S+\.\w{1,5}:\d+:\d+: |^\S+\.\w{1,5}\(\d+,\d+\): ",
    r"^(E|ERR|FATAL): |^Err:\d+ |^W: .*(Failed|404|NO_PUBKEY)",
    r"(?i:[:)] (fatal |internal compiler )?error( \w{0,4}\d{2,5})?: )|error\[E\d{4}\]|error TS\d{4,5}",
    r"^Traceback \(most recent call last\)",
    r"^\s*([A-Za-z_][\w$]*[.:]{1,2})*[A-Z]\w*(Error|Exception|Failure|Fault)\b(:|$| \[)",
    r"^thread '.*' panicked at|^panic: |^Caused by: |^\* What went wrong:",
    r"(?i:\b(could not|couldn't|cannot|can't|can not|unable to|failed to|was unable|not able to) \w+)",
    r"(?i:(command |: |does |did |was |were |is |are )not (found|exist)\b|\b404 +not found|\bno such \w+)",
    r"(?i:\bnot found in\b|\bnot found$|\bnot recognized\b)",
    r"(?i:permission denied|access denied|unauthorized\b|authentication (failed|required))",
    r"(?i:\b(401|403|429|5\d\d) (unauthorized|forbidden|too many|internal|bad gateway|service))",
    r"(?i:undefined (reference|symbol|variable|method)|unresolved (import|external|reference))",
    r"(?i:no space left|out of memory|segmentation fault|core dumped|illegal instruction)",
    r"^(Killed|Aborted|Terminated|Bus error)\b",
    r"(?i:connection (refused|reset|timed out|aborted|closed)|timed out|temporary (failure|error)|network is unreachable)",
    r"(?i:no route to host|tls handshake|certificate (verify|has expired|signed))",
    r"(?i:(checksum|hash|digest|sha\d+sums?) (mis|verification |do(es)? not |did not ))",
    r"(?i:no matching|unmet dep|conflict(s|ing)? |solving failed|unsatisf|has no installation candidate)",
    r"(?i:\b(unknown|invalid|unrecognized|unexpected|illegal|bad) (option|command|flag|argument|token|instruction|interpreter))",
    r"(?i:\b(unknown|invalid|unexpected|illegal|bad) (substitution|identifier|character|end of|eof))",
    r"(?i:syntax error|assertion .*failed|is required|must be set|not set\b|missing (required|dependenc|file|module|script))",
    r"^CMake Error\b|(?i:\b(invalid version|unknown revision))",
    r"(?i:requires? (python|node|a |go |java))",
    r"^(--- )?FAIL(ED)?[:\s]|^not ok \d|^\s*[✗✘✖×] |\bFAILED\b",
    r"^npm (ERR!|error) ",
    r"(?i:^No package .* available|your requirements could not be resolved|^\s+Problem \d+$|^  - Root composer)",
)
_WORDS = (
    r"(?i:\b(error|errors|fail|failed|failure|failures|fatal|exception|abort|aborted)\b)",
    r"(?i:\b(invalid|missing|denied|unsupported|refused|broken)\b)",
)


def _compiled(table: tuple[str, ...], flags: str = "") -> re2._Regexp[str]:
    options = re2.Options()
    options.log_errors = False
    options.never_capture = True
    return re2.compile(flags + "|".join(f"(?:{expression})" for expression in table), options)


_ORDER = (
    (_compiled(_NOISE), Sign.NONE),
    (_compiled(_SYMPTOMS), Sign.SYMPTOM),
    (_compiled(_ERRORS), Sign.ERROR),
    (_compiled(_WORDS), Sign.WORD),
)
_ERROR_IN_BLOCK = _compiled(_ERRORS, "(?m)")


def any_error(lines: Iterable[str]) -> bool:
    """True if one of the lines may have the sign of an error: one pass over all of them."""
    return bool(_ERROR_IN_BLOCK.search("\n".join(lines)))


def sign_of(line: str) -> Sign:
    """How plainly ``line``, an output line without its prefix, names an error."""
    text = line.rstrip()[:_LOOKED_AT]
    if not text:
        return Sign.NONE
    return next((sign for expression, sign in _ORDER if expression.search(text)), Sign.NONE)
