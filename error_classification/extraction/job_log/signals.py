r"""What single lines of a log say: the table of signals. New lines of knowledge go here.

A signal's pattern (RE2) is matched against one line, without its CI prefix and its colours. ``weight`` says how likely the line is to
be the cause where the job has failed (0..100, an ordering and not a probability); ``verdict`` that the line alone shows a failure, so that
no other proof is needed. The shape says how far the error reaches around the line.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class Role(Enum):
    """What a line tells about the job."""

    CAUSE = auto()
    SUMMARY = auto()
    """Names a failure again that is told in full elsewhere: counts only where that is missing."""
    TOOL_FAILED = auto()
    """A wrapper says that something it ran has failed."""
    TOOL_PASSED = auto()
    """A whole run of a tool ended well."""
    JOB_FAILED = auto()
    """The CI system says so."""
    JOB_PASSED = auto()
    NOISE = auto()
    """Whatever else the line matches, it is no error."""


class Shape(Enum):
    """How an error is laid out around the line that gave the signal."""

    LINE = auto()
    DIAGNOSTIC = auto()
    PARAGRAPH = auto()
    TRACEBACK = auto()
    STACK = auto()
    PYTEST = auto()
    GO_TEST = auto()
    TEST = auto()
    BUILDKIT = auto()


@dataclass(frozen=True, slots=True)
class Signal:
    name: str
    pattern: str
    weight: int = 0
    role: Role = Role.CAUSE
    shape: Shape = Shape.LINE
    verdict: bool = False


_PATH = r"(?:[A-Za-z]:)?[^\s:()\[\]\"'<>|=]+"
_EXCEPTION = r"[A-Za-z_][\w$.:\\]*(?:Error|Exception|Failure|Interrupt|Exit|Fault|Panic|Violation|Warning)"


def _cause(name: str, weight: int, pattern: str, shape: Shape = Shape.LINE, *, verdict: bool = False) -> Signal:
    return Signal(name, pattern, weight, Role.CAUSE, shape, verdict)


_COMPILERS = (
    _cause("compiler", 90, rf"^(?:In file included from .*)?{_PATH}:\d+(?::\d+)?(?:-\d+(?::\d+)?)?: (?:fatal |internal compiler )?[Ee]rror\b", Shape.DIAGNOSTIC, verdict=True),
    _cause("compiler.msvc", 90, rf"{_PATH} ?\(\d+(?:,\d+){{0,3}}\) ?: (?:fatal )?error\b", Shape.DIAGNOSTIC, verdict=True),
    _cause("compiler.code", 90, r"(?:^|[ :])error(?: |\[)(?:TS|CS|FS|BC|MSB|NU|NETSDK|CA|IDE|C|LNK|E|AL|AD|XA|MT)\d{2,5}\b", Shape.DIAGNOSTIC, verdict=True),
    _cause("compiler.rust", 89, r"^error(?:\[[\w:-]+\])?: ", Shape.DIAGNOSTIC),
    _cause("compiler.go", 88, r"^(?:vet: |# )?(?:\.{0,2}/)?[\w./@+-]*\.go:\d+:\d+: ", Shape.DIAGNOSTIC),
    _cause("compiler.kotlin", 90, r"^e: (?:file:|/|[\w.]|\[)", Shape.DIAGNOSTIC, verdict=True),
    _cause("compiler.maven", 90, rf"^(?:\d+ )?\[ERROR\] (?:{_PATH}:\[\d+,\d+\]|COMPILATION ERROR)", Shape.DIAGNOSTIC, verdict=True),
    _cause("compiler.scala", 80, r"^\[error\] \S", Shape.DIAGNOSTIC),
    _cause("compiler.aapt", 90, r"\bAAPT2?: error\b|: AAPT: ", Shape.DIAGNOSTIC, verdict=True),
    _cause("compiler.internal", 90, r"internal compiler error|the compiler unexpectedly panicked|PLEASE submit a bug report", Shape.DIAGNOSTIC),
    _cause("linker", 91, r"undefined reference to|undefined symbols?(?: for architecture)?:|Undefined symbols? (?:for architecture|\w)|unresolved external symbol|multiple definition of|duplicate symbol|cannot find -l|ld(?:\.\w+)?: (?:error|cannot|library not found)|lld(?:-link)?: error:|relocation (?:truncated|R_)|collect2: fatal error", Shape.DIAGNOSTIC, verdict=True),
    _cause("syntax", 80, r"^\s*(?:SyntaxError|IndentationError|TabError): |\bParseError\b|^PHP Parse error:|\bsyntax error\b", Shape.DIAGNOSTIC),
    _cause("module_not_found.js", 88, r"Module not found: |Cannot find module |Could not resolve (?:entry module|\"|'|import)|Can't resolve '|\[(?:vite|plugin|rollup)[^\]]*\].*(?:[Ee]rror|failed)|RollupError|✘ \[ERROR\]", Shape.DIAGNOSTIC),
    _cause("type_checker", 84, r"^[\w./\\-]+\.pyi?:\d+(?::\d+)?: (?:error|note: In)\b|^\s*error(?: -)? [\w./-]+\.\w+:\d+", Shape.LINE, verdict=True),
)

_BUILD_TOOLS = (
    _cause("cmake", 88, r"^CMake Error", Shape.PARAGRAPH, verdict=True),
    _cause("configure", 90, r"^configure: error: |(?:^|/)meson\.build:\d+:\d+: ERROR: |^ERROR: (?:Dependency|Program) .* not found|No acceptable C compiler", Shape.LINE, verdict=True),
    _cause("make.rule", 88, r"\*\*\* No rule to make target|\*\*\* missing separator|\*\*\* No targets specified", verdict=True),
    _cause("gradle.cause", 84, r"^\* What went wrong:", Shape.PARAGRAPH, verdict=True),
    _cause("gradle.test", 86, r"^\S.* > .+ FAILED$", Shape.TEST, verdict=True),
    _cause("maven.error", 72, r"^(?:\d+ )?\[ERROR\] \S", Shape.PARAGRAPH),
    _cause("maven.goal", 76, r"^(?:\d+ )?\[ERROR\] Failed to execute goal", Shape.PARAGRAPH, verdict=True),
    _cause("bazel", 88, r"^ERROR: (?:/|\S+BUILD(?:\.bazel)?:)|^ERROR: (?:Analysis|Skipping|no such)", Shape.DIAGNOSTIC, verdict=True),
    _cause("terraform", 82, r"^(?:│|\|) ?Error: |^╷", Shape.PARAGRAPH),
    _cause("packaging", 84, r"^E: |^dpkg: error|^rpmbuild: |^error: (?:Bad exit status|Failed build dependencies)|^\s+Bad exit status from|unmet (?:build )?dependencies|^dh_\w+: (?:error|warning: .*FAILED)"),
)

_DEPENDENCIES = (
    _cause("npm", 86, r"^npm (?:ERR!|error) (?:code (?:E|[A-Z])|\S+ ?[Ee]rror)", Shape.PARAGRAPH, verdict=True),
    _cause("npm.line", 58, r"^npm (?:ERR!|error) \S", Shape.PARAGRAPH),
    _cause("yarn", 80, r"^error (?:An unexpected error|Couldn't|Your lockfile|Found incompatible|Package|https?:|\S+@)|^➤ YN\d{4}: .*(?:✘|[Ee]rror|[Ff]ailed|can't|cannot|doesn't)|ERR_PNPM_\w+", Shape.LINE, verdict=True),
    _cause("pip", 86, r"^\s*ERROR: (?:Could not find|No matching|Cannot install|Could not install|ResolutionImpossible|Failed building|Package|Invalid requirement|THESE PACKAGES|HTTP error|pip's|Exception)|^\s*× |No solution found when resolving|ResolutionImpossible|SolverProblemError", Shape.PARAGRAPH),
    _cause("missing_module", 86, r"ModuleNotFoundError|ImportError: |Cannot find package|cannot load such file|Class \"?'?[\w\\]+\"?'? not found|package \S+ (?:is not in|does not exist)|no required module provides|cannot find package|NoClassDefFoundError|ClassNotFoundException|error while loading shared libraries", Shape.LINE),
    _cause("resolver", 86, r"Could not (?:resolve (?:all|dependenc|artifact)|find (?:artifact|gem|a version|the tag|any)|determine the dependencies)|failed to select a version|no matching package named|peer dep|ERESOLVE|requirements could not be resolved|version solving failed|Bundler could not find|conflicting dependencies|unable to resolve dependency|dependency resolution failed|lock ?file .*(?:out of (?:date|sync)|not up[- ]to[- ]date|needs to be updated)|checksum mismatch|[Hh]ash(?:es)? (?:mismatch|do not match)|SECURITY ERROR", Shape.PARAGRAPH),
)

_SHELL = (
    _cause("command_not_found", 87, r": command not found|: not found$|is not recognized as (?:an internal|the name)|executable file not found|No such file or directory \(os error 2\)|: Unknown command|spawn \S+ ENOENT"),
    _cause("no_such_file", 72, r"[Nn]o such file or directory|ENOENT|cannot (?:open|stat|access|find)\b|[Ff]ile not found|FileNotFoundError|does not exist"),
    _cause("permission", 79, r"[Pp]ermission denied|EACCES|EPERM|[Aa]ccess (?:is )?denied|[Oo]peration not permitted|AccessDenied|not authorized|[Uu]nauthorized|[Ff]orbidden|[Aa]uthentication failed|[Bb]ad credentials|Invalid username or password|Credentials could not|could not read Username|Resource not accessible"),
    _cause("shell", 88, r": (?:line \d+: )?(?:syntax error|unexpected EOF|[\w@*]+: unbound variable)|: cannot execute|[Ee]xec format error|bad interpreter|: Argument list too long|: Is a directory"),
    _cause("argument", 76, r"(?:unrecognized|unknown|invalid|illegal|unexpected|missing) (?:required )?(?:option|argument|flag|command|subcommand|parameter|input|value|key|field|property)|[Uu]sage: .* \[|[Nn]o such (?:option|command)|requires? (?:an |at least )?argument"),
    _cause("git", 86, r"^fatal: |^error: (?:pathspec|failed to push|RPC failed|could not|cannot|Your local changes|The following untracked|unable to)|^CONFLICT \(|^Cannot (?:rebase|merge|pull)|Automatic merge failed|! \[(?:remote )?rejected\]|did not match any file", Shape.LINE),
    _cause("crash", 89, r"[Ss]egmentation [Ff]ault|SIGSEGV|SIGABRT|SIGBUS|SIGILL|SIGFPE|\b[Cc]ore dumped\b|^Aborted\b|Bus error|Illegal instruction|[Ff]loating point exception|[Ss]tack overflow|EXC_BAD_ACCESS|[Aa]ccess violation|0x[Cc]0000005|terminate called|double free|corrupted size|stack smashing|heap corruption|Fatal Python error|A fatal error has been detected by the Java|\*\*\* Check failure|# Fatal error in"),
)

_RESOURCES = (
    _cause("memory", 92, r"[Oo]ut ?[Oo]f ?[Mm]emory|[Cc]annot allocate memory|OOMKilled|oom-kill|oom_reaper|MemoryError|std::bad_alloc|heap space|GC overhead limit|heap limit|virtual memory exhausted|^\S*:? ?(?:line \d+: +\d+ )?Killed\b|: Killed$|signal 9\b|SIGKILL|exit(?:ed)?(?: with)?(?: code| status)?:? 137\b"),
    _cause("disk", 92, r"[Nn]o space left on device|ENOSPC|[Dd]isk quota exceeded|[Nn]ot enough (?:disk )?space|insufficient (?:disk )?space|[Dd]isk full|[Ff]ile size limit"),
    _cause("descriptors", 90, r"[Tt]oo many open files|EMFILE|ENFILE|[Rr]esource temporarily unavailable|unable to create (?:new )?(?:native )?thread|fork: (?:retry|Cannot)|[Aa]ddress already in use|EADDRINUSE"),
    _cause("quota", 84, r"[Qq]uota (?:has been )?exceeded|exceeded (?:your|the) (?:\w+ ){0,3}quota|[Ll]imit exceeded"),
)

_NETWORK = (
    _cause("dns", 82, r"[Cc]ould not resolve(?: host| proxy)|[Nn]ame resolution|[Nn]ame or service not known|ENOTFOUND|EAI_AGAIN|no such host|UnknownHostException|getaddrinfo|nodename nor servname|Name does not resolve|unable to resolve host"),
    _cause("connection", 80, r"[Cc]onnection (?:was |has been )?(?:refused|reset|timed out|closed|aborted|terminated)|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EPIPE|ConnectionError|ConnectTimeout|ConnectException|[Nn]etwork is unreachable|[Nn]o route to host|i/o timeout|context deadline exceeded|[Bb]roken pipe|[Ss]ocket hang up|[Rr]emote end (?:closed|hung up)|hung up unexpectedly|unexpected EOF|unexpected disconnect|stream error|early EOF|kex_exchange|Max retries exceeded|Read timed out|Operation timed out|[Cc]ould not connect|[Ff]ailed to connect|Unable to connect|ProxyError|Proxy (?:Error|CONNECT)"),
    _cause("tls", 84, r"certificate (?:verify failed|has expired|is not trusted|signed by unknown|problem)|SSL(?:Error|_ERROR| certificate| routines)|TLS handshake|x509: |unable to get local issuer|self[- ]signed certificate|PKIX path|SSLHandshakeException|CERT_"),
    _cause("http", 80, r"\b(?:HTTP(?:/\d(?:\.\d)?)?|status(?: code)?:?|returned error:|response:?|Error:?|error:?|code:?|ERROR) ?(?:4\d\d|5\d\d)\b|\b(?:400 Bad Request|401 Unauthorized|403 Forbidden|404 Not Found|429 Too Many|500 Internal|502 Bad Gateway|503 Service|504 Gateway)|[Tt]oo [Mm]any [Rr]equests|toomanyrequests|rate limit(?:ed| exceeded)|[Ss]ervice [Uu]navailable"),
    _cause("download", 76, r"(?:[Ff]ailed|[Uu]nable|[Ee]rror|[Cc]ould not|[Cc]annot) (?:to )?(?:fetch|download|retriev|clon|pull|transfer)|[Dd]ownload (?:failed|error)|IncompleteRead|[Cc]url:? ?\(\d+\)|^wget: |ERROR \d{3}: "),
)

_TIME = (
    _cause("timeout", 86, r"(?:timed?[ -]?out|TIMEOUT|Timeout|time limit|deadline|run ?time|execution time|watchdog)\b.*(?:after|exceeded|expired|waiting|exhausted|reached|of \d)|(?:exceeded|reached|hit|within) .*(?:timeout|time ?limit|maximum (?:execution )?time|max(?:imum)? run ?time|deadline)|no output .*\d|[Nn]o output has been received|TimeoutError|TimeoutException|TimeoutExpired|TestTimedOut|test timed out|[Tt]imed out$|TIMED? ?OUT$|did not (?:finish|complete|respond|exit) (?:within|in)|still (?:running|waiting) after|appears to (?:be )?h[au]ng|hung? (?:for|task|up for)|Max \w+ time exceeded"),
    _cause("deadlock", 92, r"all goroutines are asleep|[Dd]eadlock (?:detected|found)|found a potential deadlock"),
)

_TESTS = (
    _cause("pytest.collection", 91, r"^_+ ERROR collecting .+ _+$|^ImportError while (?:importing|loading)", Shape.PYTEST, verdict=True),
    _cause("pytest", 89, rf"^E {{1,3}}(?:\s{{0,12}}(?:{_EXCEPTION})\b|\s{{0,12}}assert\b|\s*fixture '|\s*Failed: |\s*\S)", Shape.PYTEST, verdict=True),
    _cause("unittest", 88, r"^(?:FAIL|ERROR): [\w.\[\]<>-]+(?: \(.+\)| \[.+\])?(?: \.\.\..*)?$", Shape.TEST, verdict=True),
    _cause("doctest", 86, r"^File \".+\", line \d+, in \S+$|^Failed example:$", Shape.TEST),
    _cause("go.test", 88, r"^\s*--- FAIL: ", Shape.GO_TEST, verdict=True),
    _cause("go.panic", 91, r"^(?:panic|fatal error): |^\s*panic: test timed out|\[recovered\]", Shape.STACK),
    _cause("race", 92, r"WARNING: DATA RACE|ThreadSanitizer: data race", Shape.STACK, verdict=True),
    _cause("rust.panic", 88, r"^\s*thread '.*' (?:\(\d+\) )?panicked at", Shape.TEST),
    _cause("rust.test", 84, r"^---- .+ stdout ----$", Shape.TEST, verdict=True),
    _cause("jest", 88, r"^\s*● (?:.+ › |Test suite failed)", Shape.TEST, verdict=True),
    _cause("vitest", 87, r"^\s*(?:FAIL|⎯+ Failed) {1,2}\S.* > ", Shape.TEST, verdict=True),
    _cause("node.tap", 86, r"^\s*not ok \d+", Shape.TEST, verdict=True),
    _cause("mocha", 82, r"^\s{1,8}\d{1,4}\) \S.*:?$", Shape.TEST),
    _cause("cross", 76, r"^\s*(?:✗|✘|×|✖|❌|╳|✕) \S", Shape.TEST, verdict=True),
    _cause("playwright", 87, r"^\s{1,4}\d{1,4}\) \[?[\w -]+\]? ?› ", Shape.TEST, verdict=True),
    _cause("gtest", 91, rf"^{_PATH}:\d+: Failure$|^{_PATH}\(\d+\): error: (?:Value|Expected|Failed)", Shape.TEST, verdict=True),
    _cause("catch", 88, rf"^{_PATH}:\d+: FAILED:$|^{_PATH}\(\d+\): FAILED:$|: ERROR: (?:CHECK|REQUIRE)", Shape.TEST, verdict=True),
    _cause("surefire", 86, r"<<< (?:FAILURE|ERROR)!", Shape.TEST, verdict=True),
    _cause("dotnet.test", 86, r"\[FAIL\]\s*$|^\s*Failed \S+ \[\d+|^\s*Error Message:$", Shape.TEST, verdict=True),
    _cause("xctest", 90, rf"^{_PATH}:\d+: error: -?\[|: error: .* : XCT|^\s*✖ |Testing failed:$", Shape.TEST, verdict=True),
    _cause("phpunit", 86, r"^\d{1,4}\) \S+::\S+", Shape.TEST, verdict=True),
    _cause("rspec", 88, r"^\s*Failure/Error: ", Shape.TEST, verdict=True),
    _cause("minitest", 86, r"^\s*(?:Failure|Error):$", Shape.TEST, verdict=True),
    _cause("mozilla", 91, r"(?:^|[ |])(?:TEST-UNEXPECTED-\S+|PROCESS-CRASH) \|", Shape.LINE, verdict=True),
    _cause("assertion", 83, r"\bAssertion(?:Failed)?(?:Error)?\b.*(?:failed|failure|:)|[Aa]ssertion .*failed|AssertionError|AssertionFailedError|ComparisonFailure|\bASSERT(?:ION)?\b.*FAIL|expected:? ?<?.* but (?:was|got)", Shape.STACK),
    _cause("coverage", 90, r"[Cc]overage .*(?:not reached|less than|below|does not meet|under|failed|lower than)|[Rr]equired test coverage", verdict=True),
    _cause("snapshot", 86, r"[Ss]napshots? .*(?:mismatch|failed|obsolete|does not match|written)|does not match (?:the )?(?:stored |golden |snapshot)"),
)

_LINTERS = (
    _cause("eslint", 85, r"^\s+\d+:\d+\s+error\s+\S", Shape.LINE, verdict=True),
    _cause("formatter", 84, r"^[Ww]ould reformat|^Diff in |Code style issues|[Ff]ormatting (?:issues|errors|check failed)|incorrectly sorted|needs? (?:re)?formatting|is not formatted|files? would be reformatted|not properly formatted|^gofmt|Run .*(?:--write|--fix|fmt|format) to", Shape.LINE, verdict=True),
    _cause("linter.python", 82, r"^[\w./\\-]+\.pyi?:\d+:\d+:? [A-Z]{1,5}\d{2,5}\b", verdict=True),
    _cause("linter.ruby", 84, rf"^{_PATH}:\d+:\d+: [CWEF]: ", verdict=True),
    _cause("linter.checkstyle", 86, rf"^(?:\[ant:\w+\] )?\[(?:ERROR|error)\] {_PATH}:\d+(?::\d+)?: |^\S+\.(?:kts?|java|scala|swift|go|ts|js):\d+:\d+: .+(?:\([\w:.-]+\)|\[[\w./-]+\])$", verdict=True),
    _cause("codespell", 82, rf"^{_PATH}:\d+: \S+ ==> \S+", verdict=True),
    _cause("pre_commit", 84, r"^.+\.{3,}(?:\(.*\))?Failed$", Shape.PARAGRAPH, verdict=True),
    _cause("linter.position", 50, rf"^{_PATH}:\d+:\d+:? \S"),
    _cause("rule_violation", 78, r"violations? (?:were |was )?found|[1-9]\d* (?:errors?|problems?|violations?|issues?|vulnerabilit\w+) (?:\(|found|detected|were)|✖ [1-9]\d* problems?|license .*(?:not allowed|rejected|denied)|dead links?|broken links?"),
)

_PLATFORM = (
    _cause("runner", 93, r"received a shutdown signal|lost communication with the server|runner .*(?:offline|lost|terminated|unresponsive)|[Nn]ode .*(?:was lost|went offline|is offline|disconnected)|[Aa]gent .*(?:disconnected|went offline|lost|stopped)|ChannelClosedException|RequestAbortedException|runner system failure|hudson\.remoting|[Jj]ob .*was evicted|The pod was evicted|pod failed|failed to come online", verdict=True),
    _cause("docker", 88, r"Cannot connect to the Docker daemon|[Ee]rror response from daemon|Error (?:Message )?from daemon|manifest (?:unknown|for .* not found)|pull access denied|failed to pull image|ImagePullBackOff|ErrImagePull|CrashLoopBackOff|OCI runtime|docker: (?:Error|invalid|open)|failed to register layer|failed to create (?:task|shim|network)|No such container"),
    _cause("buildkit", 90, r"failed to solve|^#\d+ ERROR: |executor failed running|returned a non-zero code: \d|error building (?:image|at STEP)|failed to build: ", Shape.BUILDKIT, verdict=True),
    _cause("kubernetes", 84, r"error: (?:unable|error|the server|no matching|context|deployment)|Error: (?:INSTALLATION|UPGRADE) FAILED|FailedScheduling|Insufficient (?:cpu|memory)|Back-off (?:restarting|pulling)|Evicted"),
    _cause("actions", 84, r"Unable to (?:download|resolve|find|process|locate|access) |[Aa]rtifact .*not found|[Ff]ailed to (?:save|restore|CreateArtifact|FinalizeArtifact|resolve action)|No files were found with the provided path|[Ii]nvalid workflow|[Uu]nexpected value|[Ii]nput required and not supplied|Can't find 'action\.ya?ml'|couldn't find remote ref|Repository not found|Not Found$"),
    _cause("kernel", 92, r"Kernel panic - not syncing|Unable to handle kernel|\bOops: |BUG: (?:unable|soft|scheduling|kernel|KASAN)|INFO: task .+ blocked|general protection fault", Shape.LINE, verdict=True),
    _cause("sanitizer", 93, r"(?:ERROR|WARNING): (?:Address|Leak|Memory|Thread|UndefinedBehavior|HWAddress)Sanitizer|: runtime error: |ERROR SUMMARY: [1-9]|definitely lost: [1-9]", Shape.STACK, verdict=True),
    _cause("gpu", 92, r"CUDA (?:error|out of memory)|CUDA_ERROR_|cudaError|NCCL (?:error|WARN .*fail)|hipError|no CUDA-capable|GPU .*(?:out of memory|lost|fell off)|Xid"),
    _cause("leak", 84, r"leaked [1-9]\d* (?:bytes|objects)|detected memory leaks|memory leak"),
)

_RUNTIME = (
    _cause("traceback", 80, r"^\s*Traceback \(most recent call last\)|^\s*\+? ?Exception Group Traceback", Shape.TRACEBACK),
    _cause("exception.uncaught", 86, r"^Exception in thread|[Uu]nhandled (?:[Ee]xception|promise|rejection|error)|[Uu]ncaught (?:[Ee]xception|Error|\w+Error)|^PHP Fatal error|^Fatal error: |terminating (?:with|due to) uncaught|An unhandled exception|Unhandled rejection|^\s*throw (?:er|new|err)\b", Shape.STACK),
    _cause("exception.caused_by", 70, rf"^\s*Caused by: ", Shape.STACK),
    _cause("exception", 74, rf"^\s*(?:\w+ \S+ )?{_EXCEPTION}(?: \[\w+\])?(?::|$| \()", Shape.STACK),
    _cause("exception.ruby", 76, r"^\S+\.rb:\d+:in .+(?:\(\w+(?:::\w+)*\)|Error)", Shape.STACK),
    _cause("exception.perl", 62, r" at \S+ line \d+\.$"),
)

_GENERIC = (
    _cause("error.start", 66, r"^(?:[\w./\\-]+: )?(?:fatal error|fatal|[Ee]rror|ERROR|FATAL|CRITICAL|FAILURE|SEVERE|\[ERROR\]|\[error\]|\[FATAL\]|Err(?=:)|❌|🚨|⛔)(?:\W|$)".replace("(?=:)", "")),
    _cause("error.level", 52, r"(?:^|[\s|\[(])(?:ERROR|FATAL|CRITICAL|SEVERE|PANIC|EMERG|level=(?:error|fatal)|\"level\":\"(?:error|fatal)\")(?:[\s|\]):]|$)"),
    _cause("cannot", 60, r"^(?:[\w./-]+: )?(?:Cannot|Can't|Could not|Couldn't|Unable to|Failed to|failed to|cannot|could not|unable to|Invalid|Missing|Unknown|Unsupported|Unexpected)\b"),
    _cause("error.word", 42, r"\b(?:[Ee]rror|ERROR)(?: code)?:? \S"),
    _cause("failed.word", 40, r"\b(?:[Ff]ailed|FAILED|[Ff]ailure|FAILURE|[Ff]ails)(?:\W|$)"),
)

_SUMMARIES = tuple(
    Signal(name, pattern, weight, Role.SUMMARY, Shape.LINE, verdict=True)
    for name, weight, pattern in (
        ("pytest.summary", 74, r"^(?:FAILED|ERROR) [\w./\\-]+(?:\.py|::)\S*(?: - .*)?$|^[\w./-]+\.py::\S+ (?:FAILED|ERROR)\b"),
        ("unittest.summary", 60, r"^[\w.]+ \([\w.]+\) \.\.\. (?:FAIL|ERROR)$"),
        ("rust.summary", 66, r"^test .+ \.\.\. FAILED"),
        ("jest.summary", 68, r"^\s*FAIL {1,2}\S+\.\w+"),
        ("go.summary", 58, r"^FAIL\t\S+|^FAIL: "),
        ("gtest.summary", 66, r"^\[  FAILED  \] "),
        ("ctest.summary", 70, r"\*\*\*(?:Failed|Exception|Timeout|Not Run)|^\s*\d+ - \S+ \((?:Failed|Timeout|SEGFAULT|Not Run|OTHER_FAULT|ILLEGAL|SIG\w+|Exit code \d+|Subprocess \w+)\)"),
        ("surefire.summary", 68, r"^(?:\d+ )?\[ERROR\]\s{2,4}[\w.$]+[.:]\S*(?:\d+|») ?"),
        ("rspec.summary", 64, r"^rspec \./\S+"),
        ("gradle.summary", 60, r"^> Task :\S+ FAILED$|^Execution failed for task"),
        ("ninja.summary", 56, r"^FAILED: \S"),
        ("nose.summary", 60, r"^\S.* \.\.\. (?:FAIL|ERROR)$"),
    )
)

_WRAPPERS = tuple(
    Signal(name, pattern, 20, Role.TOOL_FAILED)
    for name, pattern in (
        ("make", r"^(?:\S+[/\\])?g?make(?:\.exe)?(?:\[\d+\])?: \*\*\* .*Error \d+|^(?:\S+[/\\])?g?make(?:\[\d+\])?: \*\*\* (?:Waiting|wait)|^\*\*\* Error code \d+|Target .+ not remade because of errors"),
        ("ninja", r"^ninja: (?:build stopped|error: rebuilding)|^\d+ errors? generated\.|^\d+ errors?$|^Found [1-9]\d* errors?"),
        ("cargo", r"^(?:\x1b\S*)?error: (?:could not compile|aborting due to|process didn't exit|build failed|test failed|\d+ targets? failed|doctest failed)|^error: failed to run custom build|warning: build failed, waiting"),
        ("npm.lifecycle", r"^npm (?:ERR!|error) (?:code ELIFECYCLE|errno|Exit status|Lifecycle|command|path|workspace|location|A complete log|Failed at|This is probably|signal|code [1-9]|syscall|node v|npm v|cwd)|^npm (?:ERR!|error) *$| ELIFECYCLE |^error Command failed(?: with exit code \d+)?\.?$|ERR_PNPM_RECURSIVE|Command failed with exit code [1-9]|lerna ERR!|gyp ERR! not ok|nx run .* failed|turbo.* ERROR +run failed|error: script \"\S+\" exited with code"),
        ("gradle.result", r"^BUILD FAILED|^FAILURE: Build |Execution failed for task|There were failing tests|^\d+ tests? completed, [1-9]|Run with --(?:stacktrace|info|debug|scan)|^> Task \S+ FAILED"),
        ("maven.result", r"\[(?:INFO|ERROR)\] BUILD FAILURE|There are test failures|Re-run Maven|^(?:\d+ )?\[ERROR\] (?:-> )?\[Help 1\]|\[ERROR\] Please refer to|For more information about the errors|To see the full stack trace|There was a timeout or other error in the fork|\[ERROR\] *$|After correcting the problems|\[ERROR\] (?:Failures|Errors|Tests run):"),
        ("tests.result", r"^=+ .*\b[1-9]\d* (?:failed|errors?)\b.* =+$|^FAILED \((?:failures|errors|unexpected)|^test result: FAILED|^Tests?:?\s+[1-9]\d* failed|^Test Suites: [1-9]\d* failed|^ *Test Files +[1-9]\d* failed|^ *[1-9]\d* (?:failing|failed)\b|^FAIL$|^# fail(?:ed)? +[1-9]|^Tests run:.*(?:Failures|Errors): [1-9]|[1-9]\d* (?:tests? )?(?:examples?, )?[1-9]\d* failures?|^FAILURES!$|^ERRORS!$|[1-9]\d*% tests passed, [1-9]|^Failed!  - |^=+ (?:FAILURES|ERRORS) =+$|short test summary|^The following tests FAILED|Errors while running CTest|^failures:$|^(?:Summary of )?[Ff]ailures?:$|Some tests failed|^DONE \d+ tests.*failure|^Result: FAIL|^ *\d+ tests?, .*[1-9]\d* fail|Interrupted: \d+ errors? during collection|^FAILED$|[1-9]\d* FAILED TESTS?"),
        ("exit_code", r"(?:exit(?:ed|ing)?|return(?:ed|s)?|terminated|finished|failed|completed|died|ended)(?:\s\w+){0,3}\s(?:with )?(?:an? )?(?:non-?zero |error |exit )*(?:code|status|value):? ?['\"(]?-?[1-9]\d*|returned non-zero|non-zero exit|exited with [1-9]|exit status [1-9]|Exit code: [1-9]|: Error [1-9]\d*$|^Error: Process completed with exit code [1-9]|errorlevel [1-9]|command .* returned (?:exit )?(?:code |status )?[1-9]"),
        ("xcode", r"^\*\* (?:BUILD|TEST|ARCHIVE|CLEAN) FAILED \*\*|The following build commands failed|Command \w+ failed with a nonzero exit code|BUILD INTERRUPTED"),
        ("bazel.result", r"Build did NOT complete successfully|^//\S+ +(?:FAILED|TIMEOUT)|Executed \d+ out of .*fails|FAILED TO BUILD"),
        ("dotnet.result", r"^Build FAILED\.|^\s+[1-9]\d* Error\(s\)|Test Run Failed"),
        ("packaging.result", r"dpkg-buildpackage: error|^E: (?:Build|Caught)|^RPM build errors:|^Build killed|debuild: fatal|==> ERROR: A failure occurred|>>> ERROR: \S+: \w+ failed"),
        ("pip.result", r"subprocess-exited-with-error|This error originates from a subprocess|See above for output|metadata-generation-failed|note: This is an issue|Failed to build installable wheels|^error: metadata-|Encountered error while"),
        ("lint.result", r"pre-commit hook\(s\) made changes|[Ss]ome (?:files|checks) (?:failed|need)|Oh no!|^Your code has been rated|Error: .* found issues|Linting failed|lint .*failed"),
    )
)

_JOB_FAILED = tuple(
    Signal(name, pattern, 10, Role.JOB_FAILED)
    for name, pattern in (
        ("github", r"^(?:##\[error\]|Error: )(?:Process completed with exit code [1-9-]|The process '.*' failed with exit code|Final attempt failed|\[?\w*\]? ?Step script exited with code|Executing the custom container implementation failed|Docker (?:run|build|pull|exec) failed with exit code|Child_process exited with error code)"),
        ("gitlab", r"^ERROR: Job failed(?:: exit (?:code|status) \d+)?|^ERROR: Job failed \(system failure\)"),
        ("jenkins", r"^Finished: (?:FAILURE|UNSTABLE|ABORTED)|marked build as failure|script returned exit code [1-9]"),
        ("travis", r"^The command \".*\" (?:exited with|failed and exited with) [1-9]|^Done\. Your build exited with [1-9]|^Your build has been stopped|The build has been terminated"),
        ("azure", r"^##\[error\](?:Bash|PowerShell|Cmd\.exe|The process|Script) .*(?:exited with code|failed with)|^##\[error\]Error: The process"),
        ("buildkite", r"^\^\^\^ \+\+\+|🚨 Error: The command exited with status|The command exited with status [1-9]"),
        ("taskcluster", r"^Unsuccessful task run|taskcluster:error|^=== Task Finished.*failed|TinderboxPrint:.*(?:FAIL|fail)|# TBPL (?:FAILURE|WARNING|EXCEPTION) #|Return code: [1-9]|Task (?:not successful|timeout)"),
        ("circleci", r"^Exited with code (?:exit status )?[1-9]"),
        ("builders", r"^Status: (?:attempted|failed|given-back)|^Build finished at .*FAILED|Child return code was: [1-9]|^EXCEPTION: |^Build failed|Build (?:step|task) failed|^E: Build failure|^FAILED$"),
    )
)

_TOOL_PASSED = (
    Signal("tests.passed", r"^=+ [1-9]\d* passed.* =+$|^test result: ok|^OK(?: \(|$)|^Tests: +[1-9]\d* passed, |^ *Tests +\d+ passed|^100% tests passed|^# fail 0|^ *[1-9]\d* passing|^Result: PASS|^[1-9]\d* examples?, 0 failures|^OK, but|^Passed!  - |\bBUILD SUCCESS|^\*\* (?:BUILD|TEST) SUCCEEDED \*\*|Build completed successfully|^Build succeeded|^All checks passed|no issues found|0 failed, [1-9]\d* passed", 0, Role.TOOL_PASSED),
)

_JOB_PASSED = (
    Signal("passed", r"^Job succeeded|^Finished: SUCCESS|^Done\. Your build exited with 0|^Successful task run|^Status: successful|Child return code was: 0$|^# TBPL SUCCESS #|Build finished.*successful", 0, Role.JOB_PASSED),
)

_NOISE = tuple(
    Signal(f"noise.{name}", pattern, 0, Role.NOISE)
    for name, pattern in (
        ("none", r"(?i)\b(?:0|no|zero) (?:errors?|failures?|failed|failing|problems?|issues|vulnerabilities|warnings? or errors)\b|\b(?:errors?|failures?|failed|fail)\W{0,3}[:=] ?\"?0\b|\bfailed=0\b|without (?:any )?errors?"),
        ("warning", r"(?i)^\W{0,6}(?:warn(?:ing)?\b|\[warn(?:ing)?\]|npm warn|deprecat|info\b|note:|hint:|debug\b|trace\b|\[info\]|\[debug\]|##\[(?:warning|debug|notice|command|section)\])|: warning(?: [A-Z]+\d+)?: |[\s\]|](?:WARNING|WARN|Warning|warning)\]?: |^\d+:\s+warning|level=(?:info|debug|warn)|\bDeprecationWarning\b|^##\[warning\]"),
        ("passed", r"^\s*(?:ok|PASS(?:ED)?|✓|✔|√|--- PASS|\[       OK \]|\[ RUN      \]|=== RUN|Passed)\b|^\s*(?:✓|✔|√|✅)|\.\.\. ?(?:ok|OK|passed|PASSED|skipped|ignored|yes|no|done)\b|\b(?:PASSED|XFAIL|SKIPPED|XPASS)\b(?:\s+\[|$)|^TEST-(?:PASS|KNOWN-FAIL|INFO|START|OK|SKIP)\b|\.{3,}\s*(?:Passed|Skipped)|^\s*(?:ok|not ok) .*# (?:TODO|SKIP)"),
        ("echo", r"^(?:\+{1,4} |\$ |> [\w./@-]+ [\w:@./-]+$|\[command\]|\[Pipeline\] |Run |set [-+][a-z]|export \w+=|if \[|echo |fi$|#!/)"),
        ("retry", r"(?i)\bretry(?:ing)?\b|\bretries left\b|\bwill (?:be )?retr|\battempt \d+ (?:of|/) ?\d+|trying again|\(ignored\)|\bignoring\b|continuing|non-fatal|falling back"),
        ("progress", r"^\s*(?:Compiling|Downloading|Downloaded|Checking|Building|Copying|copying|creating|adding|Adding|inflating|Unpacking|Selecting|Preparing|Setting up|Installing|Collecting|Requirement already|Get:\d+|Hit:\d+|Fetching|remote:|Receiving|Resolving|Unpacking|Using cached|Progress|Uploading|Progress|CC|CXX|LD|AR|GEN|Processing|Removing|running|writing|byte-compiling|Cloning|Created|Extracting|Saved|Restored|Received|Generating|Entering|Leaving|Linking|Scanning|Verifying)\b[^:]*$|^\[\s*\d+(?:%|/\d+)\] "),
        ("code", r"^\s*(?:raise |except |catch ?\(|throw |return |def |class |import |from \S+ import |assert_raises|pytest\.raises|//|/\*|\* )|^\s*File \"|^\s*at .*[:(]\d+|^\s+\d+ \||^(?:\d+ )?(?:\[(?:ERROR|error)\])?\s+at [\w.$<>/@]+[(:]"),
        ("names", r"(?i)^[^ ]*[\w/-]*(?:error|fail|exception)[\w-]*\.(?:py|js|jsx|ts|tsx|go|rs|c|cc|cpp|h|hpp|java|kt|o|lo|d|html|md|rst|txt|class|png|svg|snap|rb|php|cs|json|ya?ml|toml|xml|map|css)\b[^:]*$"),
        ("settings", r"(?i)(?:if-no-files-found|continue-on-error|fail[-_]fast|fail[-_]ci[-_]if[-_]error|fail[-_]on[-_]\w+|on[-_]error|errorlevel|error[-_]?handl|error[-_]?log|error[-_]?page|max[-_]failures|--[\w-]*(?:error|fail))\w*\b[^:]*(?::? ?['\"]?\w+['\"]?)?$"),
    )
)

SIGNALS: tuple[Signal, ...] = (
    *_COMPILERS, *_BUILD_TOOLS, *_DEPENDENCIES, *_SHELL, *_RESOURCES, *_NETWORK, *_TIME, *_TESTS, *_LINTERS,
    *_PLATFORM, *_RUNTIME, *_GENERIC, *_SUMMARIES, *_WRAPPERS, *_TOOL_PASSED, *_JOB_FAILED, *_JOB_PASSED, *_NOISE,
)  # fmt: skip
