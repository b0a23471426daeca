"""What changes from run to run though the failure is the same: an ordered list of named masks.

The first mask that fits wins, at the leftmost place. Patterns are RE2: no look-around, no groups that count. A mask's
``rewrite`` turns the matched text into what stays; by default that is the mask's name in angle brackets. A mask that returns
its text unchanged protects it from the masks below.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from error_classification.normalisation import paths

_DIGITS = re.compile(r"\d+(?:\.\d+)?")
_LINES = re.compile(r"\d+(?:[:,-]\d+)*")
_LAST_WORD = re.compile(r"[^\s:=#'\"]+(?=['\"]?$)")
_RUN_ID = re.compile(rf"(?:{paths.UUID}|\d+)$")
_STATUS_CODE = re.compile(r"0[xX](?:[8cC]0[0-9a-fA-F]{6}|[eE]06[dD]7363)$")
"""Eight digits that are an HRESULT, an NTSTATUS or the code of a C++ exception under Windows: a cause, not an address."""


@dataclass(frozen=True, slots=True)
class Mask:
    """A thing that varies: its name, what it looks like, and what stays of it (None: ``<name>``)."""

    name: str
    pattern: str
    rewrite: Callable[[str], str] | None = None

    def replace(self, text: str) -> str:
        return self.rewrite(text) if self.rewrite else f"<{self.name}>"


def _same(text: str) -> str:
    return text


def _gone(text: str) -> str:
    return ""


def _numbers(name: str, text: str) -> str:
    return _DIGITS.sub(f"<{name}>", text)


def _last_word(name: str, text: str) -> str:
    """The words that introduce a value stay, the value goes."""
    return _LAST_WORD.sub(f"<{name}>", text)


def _hex(text: str) -> str:
    return "<hash>" if paths.is_hex_id(text) else text


def _address(text: str) -> str:
    return text if _STATUS_CODE.match(text) else "<address>"


def _pod(text: str) -> str:
    return text.rsplit("-", 2)[0] + "-<pod>"


_DATE = r"\d{4}-\d\d-\d\d"
_CLOCK = r"\d{1,2}:\d\d:\d\d(?:[.,]\d{1,9})?"
_ZONE = r"(?: ?(?:Z|UTC|GMT|[+-]\d\d:?\d\d))?"
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}"
_DAY = r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6},? )?"
_ISO = rf"{_DATE}[T ]{_CLOCK}{_ZONE}"
_TIMESTAMP = "|".join(
    (
        rf"\b{_ISO}",
        rf"\b{_DATE}T\d\d:\d\dZ?\b",
        rf"\b\d{{4}}/\d\d/\d\d {_CLOCK}",
        r"\b\d{8}T\d{6}Z?\b",
        rf"\b\d\d/{_MONTH}/\d{{4}}:{_CLOCK}(?: [+-]\d{{4}})?",
        rf"\b{_DAY}\d{{1,2}}[ -]{_MONTH}[ -]\d{{4}}(?: {_CLOCK})?{_ZONE}",
        rf"\b{_DAY}{_MONTH} {{1,2}}\d{{1,2}},? (?:\d{{4}},? )?{_CLOCK}(?: [AP]M)?{_ZONE}(?: \d{{4}})?",
        rf"\b{_DATE}\b",
        r"\b1[4-9]\d{8}(?:\.\d{1,9}|\d{3})?\b",  # seconds or milliseconds since 1970, from 2014 to 2033
    )
)
_LEVEL = (
    r"##\[(?:error|warning)\]|::error[^:\n]*::|\[(?:ERROR|Error|error|FATAL|CRITICAL|SEVERE|ERR)\]:?|"
    r"(?:ERROR|Error|error|CRITICAL|SEVERE|ERR):|(?:ERROR|CRITICAL|SEVERE|FATAL|WARNING|WARN|INFO) -|"
    r"npm (?:ERR!|error)|#\d+ \d+\.\d+ |#\d+ (?:ERROR:)?"
)
_PREFIX = rf"^(?:(?:\[?(?:[a-z]+ )?(?:{_ISO}|\d\d:\d\d:\d\d(?:[.,]\d{{1,6}})?)\]?(?: \d\d[OE])? |{_LEVEL})[ \t]*)+"

_NAME = r"[\w.@+%-]"
_POSITION = r"(?::\d+(?::\d+)?\b|:?\[\d+,\d+\]|\(\d+(?:,\d+){0,3}\))"
_ROOTS = (
    r"home|Users|root|tmp|temp|var|usr|opt|mnt|media|builds?|workspace|workdir|work|github|runner|actions-runner|srv|private|nix|"
    r"go|etc|lib|lib64|bin|sbin|dev|proc|sys|Applications|Library|System|Volumes|cygdrive|__[wet]|kaniko|buildkite|bitbucket|"
    r"drone|rustc|node_modules|testbed|scratch|agent|azp|vsts|checkout|snap|[a-z]/(?:Users|a|runner)"
)
_WINDOWS_NAME = r"(?:Program Files(?: \(x86\))?|[\w.@~+%$#-]+)"
_ABSOLUTE = "|".join(
    (
        rf"/(?:{_ROOTS})(?:/{{1,2}}{_NAME}+)+/?",
        rf"/(?:{_NAME}+/)+{_NAME}*\.[A-Za-z]\w{{0,5}}",
        rf"(?:\\\\[?]\\)?\b[A-Za-z]:(?:\\{{1,2}}|/){_WINDOWS_NAME}(?:[\\/]{{1,2}}{_WINDOWS_NAME})*",
        rf"\\\\[\w.-]+\\{_WINDOWS_NAME}(?:\\{_WINDOWS_NAME})*",
    )
)
_EXTENSION = (
    r"(?:py|pyi|pyx|ipynb|jsx?|mjs|cjs|tsx?|mts|cts|go|rs|java|kts?|scala|groovy|c|cc|cpp|cxx|c\+\+|h|hh|hpp|hxx|inl|cuh?|mm?|swift|rb|"
    r"erb|php|cs|fsx?|vb|exs?|erl|hs|mli?|cljs?|lua|pl|pm|t|R|jl|dart|sh|bash|zsh|bats|ya?ml|toml|json|xml|html?|css|scss|less|vue|"
    r"svelte|sql|cmake|txt|md|rst|proto|tf|hcl|gradle|bzl|nix|zig|ps1|feature|f90|asm|S|s|csproj|targets|props|cfg|ini|conf)"
)
_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_TIME_UNIT = (
    r"(?:ns|nanos(?:econds?)?|us|µs|μs|micros(?:econds?)?|ms|msecs?|millis(?:econds?)?|milliseconds?|s|secs?|seconds?|mins?|minutes?|"
    r"h|hrs?|hours?|days?)"
)

_MEMORY_STATE = r"(?:free|already allocated|(?:memory )?in use|total capacity|reserved|allocated by|cached|available|used)"
_ID_WORD = r"(?i:\b(?:request|correlation|trace|host)[ _-]?id['\"]?[:= ]+['\"]?)"

MASKS: tuple[Mask, ...] = (
    Mask("prefix", _PREFIX, _gone),
    Mask("masked", r"<[a-z_]{2,20}(?::[a-z_]{2,30})?>(?:/[\w.@+%-]+)*", _same),
    Mask("file_url", rf"\bfile:/+[^\s\"'<>)]*[\w/]{_POSITION}?", paths.file_url),
    Mask("url", r"\b[A-Za-z][A-Za-z0-9+.-]*://[^\s\"'<>|)\]}]+", paths.url),
    Mask("email", r"\b\w[\w.%+-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}\b"),
    Mask("ip", rf"-> ?(?:{_OCTET}\.){{3}}{_OCTET}(?::\d{{2,5}})?\b", paths.far_end),
    Mask("version", r"(?:[=<>~^!@]=? ?v?|\bv|(?i:\bversion)[ :=]+v?)\d+(?:\.\d+)+[\w.+-]*", _same),
    Mask("timestamp", _TIMESTAMP),
    Mask("uuid", rf"\b{paths.UUID}\b"),
    Mask("digest", r"\b(?:sha(?:1|256|384|512)|md5|h1)[:-][A-Za-z0-9+/]{27,}={0,2}"),
    Mask("branch", r"\brefs/(?:heads|pull|remotes)/[\w./-]+|\borigin/[\w./-]*\w"),
    Mask("branch", r"(?i:\bbranch) ['\"][\w./@+-]{1,200}['\"]", partial(_last_word, "branch")),
    Mask("host", r"\b(?:fv-az[\w-]+|(?:runner|pkr)vm\w+|ip(?:-\d+){4}(?:\.[\w.-]*\w)?|runner-\w+-project-\d+-concurrent-\d+)\b"),
    Mask("path", rf"(?:{_ABSOLUTE}){_POSITION}?", paths.absolute_path),
    Mask("position", rf"[\w.~@](?:{_NAME})*(?:/{_NAME}+)*/{_NAME}+\.[A-Za-z]\w{{0,6}}{_POSITION}", paths.relative_path),
    Mask("relative_path", rf"[\w.~@](?:{_NAME})*(?:/{_NAME}+)+", paths.relative_path),
    Mask("position", rf"\b\w[\w.+-]*\.{_EXTENSION}{_POSITION}", paths.relative_path),
    Mask("position", rf"\b(?:(?:Docker|Container|[Mm]ake|GNUmake|Jenkins|Gem)file){_POSITION}", paths.relative_path),
    Mask("mac", r"\b(?:[0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}\b"),
    Mask("port", r"(?:\b(?:localhost|(?:[A-Za-z0-9_-]+\.)+[A-Za-z0-9_-]+)|\[[0-9a-fA-F:.]+\]):\d{2,5}\b", paths.host),
    Mask("port", r"(?i:\b(?:dial (?:tcp|udp)|connect(?:ion|ing)? to|host)) [\w.-]+:\d{2,5}\b", partial(_last_word, "port")),
    Mask("port", r"(?i:\bports?\b ?[:=#]? ?)\d{2,5}\b|:::\d{2,5}\b|\*:\d{2,5}\b", partial(_numbers, "port")),
    Mask("ip", rf"\b(?:{_OCTET}\.){{3}}{_OCTET}\b", paths.ip),
    Mask(
        "ip",
        r"\b(?:[0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}\b"
        r"|\b(?:fe80|fd[0-9a-f]{2}|2[0-9a-f]{3}):[0-9a-fA-F:]*:[0-9a-fA-F:]*[0-9a-fA-F]\b",
    ),
    Mask("offset", r"\+0x[0-9a-fA-F]+\b"),
    Mask("address", r"\b0[xX][0-9a-fA-F]{6,16}\b", _address),
    Mask("address", r"\b0{4,}[0-9a-f]{4,12}\b"),
    Mask("address", r"@[0-9a-f]{5,8}\b"),
    Mask("generated", r"\$(?:MockitoMock|Proxy|Lambda|EnhancerBySpringCGLIB|SpringCGLIB)\$*[\w/]*\d\w*"),
    Mask("pod", r"\b[a-z0-9](?:[a-z0-9-]*[a-z0-9])?-[a-f0-9]{8,10}-[bcdfghjklmnpqrstvwxz2456789]{5}\b", _pod),
    Mask("pid", r"(?i:\b(?:p?pid|[tug]id|(?:process|thread) id|process)\b(?: ?[:=#] ?| )\(?)\d+\b", partial(_numbers, "pid")),
    Mask("pid", r"==\d+==", partial(_numbers, "pid")),
    Mask(
        "thread",
        r"(?i:\b(?:thread|goroutine|worker)[ -]#?|\b\w*Pool\w*-|\bpool-\d+-thread-|\bThreadId\(|\brank ?)\d+\b|\bgw\d+\b",
        partial(_numbers, "thread"),
    ),
    Mask(
        "seed",
        r"(?i:\b(?:random[_ -]?|rng[_ -]?)?(?:seed|shuffle)(?:ed)?(?: (?:is|was|with|of|value|set to))*(?: ?[:=] ?| ))\d+\b",
        partial(_numbers, "seed"),
    ),
    Mask("seed", r"@reproduce_failure\([^)\n]*\)"),
    Mask("attempt", r"(?i:\b(?:attempt|retry|try)) #?\d+(?:(?: of |/)\d+)?\b", partial(_numbers, "attempt")),
    Mask(
        "id",
        r"(?i:\b(?:run|job|build|workflow|pipeline|task|session|execution|invocation)(?:[ _-]?(?:id|number))?"
        rf"(?:[:=#/]| [:=#]?) ?#?)(?:{paths.UUID}|\d{{5,}})\b",
        partial(_RUN_ID.sub, "<id>"),
    ),
    Mask("id", rf"{_ID_WORD}[A-Za-z0-9+/=_-]{{6,}}", partial(_last_word, "id")),
    Mask("id", r"\bid=['\"]?\d{6,}", partial(_numbers, "id")),
    Mask("duration", r"\b(?:\d+h ?)?(?:\d+m ?)\d+(?:\.\d+)?s\b|\b\d+h(?: ?\d+m)?\b"),
    Mask("duration", rf"\b\d+(?:\.\d+)?(?:e-?\d+)?[ -]?{_TIME_UNIT}\b"),
    Mask("time", rf"\b{_CLOCK}\b"),
    Mask(
        "line",
        r"(?i:\b(?:lines?|columns?|col|char(?:acter)?|position|offset)\b(?:[:= ] ?|, ))\d+(?:[:,-]\d+)*\b",
        partial(_LINES.sub, "<line>"),
    ),
    Mask("usage", rf"(?i)\b\d+(?:\.\d+)? ?[KMGT]?i?B(?: is| are| of)? {_MEMORY_STATE}\b", partial(_numbers, "size")),
    Mask("number", r"\b\d+\.\d+(?:[eE][+-]?\d+)?[fFdD]?\b", _same),
    Mask("hash", r"\b(?:[0-9a-f]{7,128}|[0-9A-F]{8,128})\b", _hex),
)
