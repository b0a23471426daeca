"""Which framework or ecosystem an error comes from: data, one row each, the first that matches wins."""

from __future__ import annotations

from functools import cache

import re2

_LOOKED_AT = 20_000

FRAMEWORKS: tuple[tuple[str, str], ...] = (
    ("vllm", r"\bvllm[./:_ ]|VllmConfig|EngineCore"),
    ("sglang", r"\bsglang\b|\bsgl_kernel\b|sgl-kernel"),
    ("trtllm", r"tensorrt_llm|TensorRT-LLM|\btrtllm\b"),
    ("pytest", r"\b_pytest/|\bpytest\b|(?m:^E   )|^FAILED [\w./-]+\.py::|\.py::\w+"),
    ("unittest", r"/unittest/|(?m:^(?:FAIL|ERROR): \w+ \([\w.]+\)$)|unittest\.case"),
    ("mypy", r"\.pyi?:\d+(?::\d+)?: error: .*\[[a-z-]+\]$"),
    ("rust", r"error\[E\d{4}\]|panicked at|\bcargo\b|\brustc\b|\.rs:\d+|could not compile"),
    ("go", r"--- FAIL: |\bgoroutine \d+|_test\.go:\d+|\.go:\d+:\d+: |^go: |\bgo\.mod\b"),
    ("playwright", r"\bplaywright\b|\[chromium\]|\[firefox\]|\[webkit\]|\.(?:spec|test)\.[cm]?[jt]sx?:\d+:\d+ › "),
    ("node:test", r"node:internal/test_runner|^ℹ (?:tests|fail) \d"),
    ("ava", r"\bAVA\b|✘ \[fail\]: |node_modules/ava/"),
    ("jasmine", r"at <Jasmine>|\bjasmine\b"),
    ("cucumber", r"\.feature:\d+"),
    ("vitest", r"\bvitest\b|⎯⎯ FAIL|node_modules/vitest"),
    ("jest", r"\bjest\b|(?m:^\s*● )|expect\(received\)"),
    ("cypress", r"\bcypress\b|CypressError"),
    ("mocha", r"\bmocha\b|AssertionError \[ERR_ASSERTION\]"),
    ("typescript", r"\bTS\d{4,5}:"),
    ("eslint", r"\beslint\b|@typescript-eslint/"),
    ("npm", r"npm (?:ERR!|error)|ERR_PNPM_|\byarn\b"),
    ("maven", r"\[ERROR\].*maven|org\.apache\.maven|maven-\w+-plugin|<<< (?:FAILURE|ERROR)!"),
    ("gradle", r"\bgradle\b|What went wrong:|> Task :"),
    ("junit", r"org\.junit\.|org\.opentest4j\.|junit\.framework\."),
    ("kotlin", r"(?m:^e: )|\.kts?:\d+"),
    ("scala", r"\bscala\.|\.scala:\d+|(?m:^\[error\] )"),
    ("java", r"\.java:\d+|java\.(?:lang|util|io|net)\."),
    ("dotnet", r"error (?:CS|MSB|NU|FS)\d{4}|\.csproj|System\.\w+Exception|\[xUnit\.net"),
    ("phpunit", r"PHPUnit|phpunit"),
    ("php", r"PHP (?:Fatal|Parse|Warning)|\.php:\d+|\.php on line"),
    ("rspec", r"\brspec\b|Failure/Error:"),
    ("ruby", r"\.rb:\d+:in|\bbundler\b|\bGem::"),
    ("swift", r"\.swift:\d+|xcodebuild|XCTAssert"),
    ("googletest", r"\[  FAILED  \]|: Failure$|gtest"),
    ("ctest", r"\*\*\*(?:Failed|Timeout|Exception|Not Run)|\bctest\b"),
    ("cmake", r"CMake Error|CMakeLists\.txt"),
    ("cpp", r"\.(?:cc?|cpp|cxx|hh?|hpp):\d+(?::\d+)?: |undefined reference|collect2|\bld(?:\.\w+)?: "),
    ("bazel", r"\bbazel\b|BUILD\.bazel|//\S+:\S+ +FAILED"),
    ("docker", r"failed to solve|[Dd]ocker daemon|Dockerfile"),
    ("kubernetes", r"\bkubectl\b|\bhelm\b|\bpods? "),
    ("terraform", r"\bterraform\b|│ Error:"),
    ("pip", r"No matching distribution|ERROR: Could not (?:find|install)|\bpip\b|ResolutionImpossible"),
    ("python", r"Traceback \(most recent call last\)|\.py\", line \d+|\.py:\d+"),
    ("node", r"node:internal|at Object\.<anonymous>|node_modules/"),
    ("make", r"make(?:\[\d+\])?: \*\*\*"),
    ("git", r"(?m:^fatal: )|\bgit (?:clone|fetch|push|checkout)\b"),
)


@cache
def _frameworks() -> re2.Set:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 16 << 20
    table = re2.Set.SearchSet(options)
    for _, pattern in FRAMEWORKS:
        table.Add(pattern)
    table.Compile()
    return table


def framework_of(*texts: str) -> str:
    """The framework that the first telling one of ``texts`` speaks of; empty where none does."""
    for text in texts:
        hits = _frameworks().Match(text[:_LOOKED_AT].encode())
        if hits:
            return FRAMEWORKS[int(min(hits))][0]
    return ""
