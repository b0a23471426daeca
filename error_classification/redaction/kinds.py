"""What a secret looks like: one row a kind. A new vendor is a new row here and a new row in the tests' tables.

Patterns are RE2 (no look-around), ASCII, and never cross a line unless the secret itself does. At most one group: it is the
secret; without a group the whole match is. Prefixes of vendors' tokens are those that the vendors document for scanning.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from error_classification.redaction.judgement import is_any, is_password, is_random, is_secret, is_word_free


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of secret. ``accepts(match, value)`` has the last word, for what a pattern alone cannot decide."""

    name: str
    pattern: str
    accepts: Callable[[str, str], bool] = is_any


_TOKENS = {
    "github_token": (r"\bgh[pousr]_[A-Za-z0-9]{30,}", r"\bgithub_pat_[A-Za-z0-9_]{22,}"),
    "gitlab_token": (
        r"\bgl(?:pat|dt|rt|rtr|cbt|ptt|ft|imt|agent|oas|soat|ffct|wt)-[A-Za-z0-9_.-]{19,}[A-Za-z0-9_]",
        r"\bGR1348941[A-Za-z0-9_-]{20,}",
    ),
    "aws_access_key_id": (r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b",),
    "slack_token": (r"\bxox[a-z](?:\.[a-z]+)?-[A-Za-z0-9-]{10,}", r"\bxapp-\d-[A-Za-z0-9]+-\d+-[A-Za-z0-9]{16,}"),
    "stripe_key": (r"\b[sr]k_(?:live|test|prod)_[A-Za-z0-9]{10,}", r"\bwhsec_[A-Za-z0-9+/=]{20,}"),
    "anthropic_key": (r"\bsk-ant-[A-Za-z0-9_-]{20,}",),
    "google_key": (
        r"\bAIza[A-Za-z0-9_-]{35}",
        r"\bya29\.[A-Za-z0-9_-]{20,}",
        r"\bGOCSPX-[A-Za-z0-9_-]{20,}",
        r"\b1//0[A-Za-z0-9_-]{30,}",
    ),
    "npm_token": (r"\bnpm_[A-Za-z0-9]{30,}\b",),
    "pypi_token": (r"\bpypi-A[A-Za-z0-9_-]{30,}",),
    "rubygems_key": (r"\brubygems_[a-f0-9]{40,}",),
    "crates_token": (r"\bcio[A-Za-z0-9]{32}\b",),
    "docker_token": (r"\bdckr_(?:pat|oat)_[A-Za-z0-9_-]{20,}",),
    "huggingface_token": (r"\b(?:hf|api_org)_[A-Za-z0-9]{30,}\b",),
    "sendgrid_key": (r"\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}",),
    "twilio_key": (r"\bSK[0-9a-f]{32}\b",),
    "databricks_token": (r"\bdapi[0-9a-f]{32}(?:-\d)?\b",),
    "vault_token": (r"\bhv[sbr]\.[A-Za-z0-9_-]{20,}",),
    "digitalocean_token": (r"\bdo[opr]_v1_[a-f0-9]{40,}",),
    "atlassian_token": (r"\bAT[AC]TT3[A-Za-z0-9_=-]{20,}", r"\bATBB[A-Za-z0-9]{24,}"),
    "shopify_token": (r"\bshp(?:at|ss|ca|pa)_[a-fA-F0-9]{32}",),
    "mailgun_key": (r"\bkey-[0-9a-f]{32}\b",),
    "mailchimp_key": (r"\b[0-9a-f]{32}-us\d{1,2}\b",),
    "grafana_token": (r"\bglsa_[A-Za-z0-9]{20,}_[a-f0-9]{8}", r"\bglc_[A-Za-z0-9+/=]{32,}"),
    "sentry_token": (r"\bsntry[su]_[A-Za-z0-9+/=_]{30,}",),
    "newrelic_key": (r"\bNRAK-[A-Z0-9]{20,}", r"\bNRII-[A-Za-z0-9_-]{20,}"),
    "postman_key": (r"\bPMAK-[a-f0-9]{24}-[a-f0-9]{34}",),
    "linear_key": (r"\blin_(?:api|oauth)_[A-Za-z0-9]{30,}",),
    "supabase_key": (r"\bsb[ps]_[a-f0-9]{40}",),
    "terraform_token": (r"\b[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{40,}",),
    "pulumi_token": (r"\bpul-[a-f0-9]{40}",),
    "netlify_token": (r"\bnfp_[A-Za-z0-9]{30,}",),
    "groq_key": (r"\bgsk_[A-Za-z0-9]{40,}",),
    "xai_key": (r"\bxai-[A-Za-z0-9]{40,}",),
    "replicate_token": (r"\br8_[A-Za-z0-9]{30,}",),
    "sonar_token": (r"\bsq[upa]_[a-f0-9]{40}",),
    "buildkite_token": (r"\bbkua_[a-f0-9]{40}",),
    "circleci_token": (r"\bCCI[PI][AR]T_[A-Za-z0-9]{10,}_[a-f0-9]{40}",),
    "tailscale_key": (r"\btskey-[a-z]+-[A-Za-z0-9]+-[A-Za-z0-9]+",),
    "onepassword_token": (r"\bops_eyJ[A-Za-z0-9+/=]{40,}",),
    "artifactory_token": (r"\bAKCp[A-Za-z0-9]{40,}", r"\bcmVmdGtu[A-Za-z0-9]{40,}"),
    "square_token": (r"\bsq0(?:atp|csp|idp)-[A-Za-z0-9_-]{20,}", r"\bEAAA[A-Za-z0-9_-]{56,}"),
    "telegram_token": (r"\b\d{8,10}:AA[A-Za-z0-9_-]{32,}",),
    "dynatrace_token": (r"\bdt0[a-z]\d\d\.[A-Z0-9]{24}\.[A-Z0-9]{60,}",),
    "age_key": (r"\bAGE-SECRET-KEY-1[A-Z0-9]{50,}",),
    "jwt": (r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){1,3}",),
    "slack_webhook": (r"\bhooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers)/([A-Za-z0-9/_-]{10,})",),
    "discord_webhook": (r"\bdiscord(?:app)?\.com/api/webhooks/(\d+/[A-Za-z0-9_-]{20,})",),
    "teams_webhook": (r"\bwebhook\.office\.com/webhookb2/([A-Za-z0-9/@_-]{20,})",),
}

# The lines of a key, however a log shows them: with real or escaped line ends, quoted, indented, behind a time stamp.
_KEY_GAP = r"""(?:\\r|\\n|[\r\n \t"',+|>]|\d{4}-\d\d-\d\dT[\d:.]+Z )*"""
_KEY_BODY = r"(?:[A-Za-z0-9+/=]{16,}|(?:Proc-Type|DEK-Info|Comment|Version|Hash): [^\n\\]*)"
_KEY_NAME = r"[A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----"
PRIVATE_KEY = (
    rf"-----BEGIN {_KEY_NAME}(?:{_KEY_GAP}{_KEY_BODY})*"
    rf"(?:{_KEY_GAP}(?:[A-Za-z0-9+/=]{{1,15}})?{_KEY_GAP}-----END {_KEY_NAME})?"
)

_BARE = r"""[^\s"'`,;&=<>(){}\\][^\s"'`,;&=<>\\]*={0,2}"""
_OPEN = r"""\\?["']?[ \t]*(?:=>|:=|=|:)[ \t]*"""
_END = r"(?:[_-]?(?:key|base|value|string|b64|base64|\d+))*"
_PASSWORD = rf"(?i:[\w.-]*(?:passw(?:or)?d|passphrase|passcode|pwd){_END})"
_SECRET = (
    r"(?i:[\w.-]*(?:secret|token|credential|[_-]pass|_auth|(?:api|app|access|account|admin|auth|client|deploy|encryption|license|"
    rf"master|private|session|shared|sharedaccess|signing|ssh|storage|subscription)[_-]?key|conn(?:ection)?[_-]?str(?:ing)?)s?{_END})"
)
_OPTION = r"(?i:(?:^|\s)--?[\w-]*(?:password|passwd|passphrase|token|secret|api-?key|access-?key|auth-?key))"


def _assignments(name: str, key: str, accepts: Callable[[str, str], bool]) -> tuple[Kind, ...]:
    """``key = value`` with the value in double quotes (also escaped ones), in single quotes, or bare."""
    return (
        Kind(name, rf'{key}{_OPEN}[bru]?\\?"([^"\\\n]+)', accepts),
        Kind(name, rf"{key}{_OPEN}[bru]?'([^'\n]+)", accepts),
        Kind(name, rf"{key}{_OPEN}({_BARE})(?:[ \t]+[^\s#;|&]+)?", accepts),
    )


_SIGNED = (
    r"(?i:X-Amz-(?:Signature|Credential|Security-Token)|X-Goog-(?:Signature|Credential)|signature|sig|(?:access|auth|id|refresh|private)?"
    r"[_-]?token|api[_-]?key|key|secret|code|password)"
)

_LOGIN = r"(?:docker|podman|nerdctl|buildah|skopeo|crane|oras|helm|az|oc)"

_CONTEXTUAL = (
    Kind("private_key", PRIVATE_KEY),
    Kind("url_password", r"""\b[A-Za-z][A-Za-z0-9+.-]*://[^\s/@:,'"<>]*:([^\s/'"<>]+)@""", is_word_free),
    Kind("url_token", r"""\bhttps?://([A-Za-z0-9_.~-]{16,})@""", is_random),
    Kind("signed_url", rf"""(?:&amp;|[?&]){_SIGNED}=([^&\s"'<>\\)]+)""", is_random),
    Kind("authorization", r"(?i:authorization)[\"']?[ \t]*[:=][ \t]*[\"']?AWS4-HMAC-SHA256[ \t]+([^\n\"']+)"),
    Kind(
        "authorization",
        r"""(?i:authorization\\?["']?[ \t]*[:=][ \t]*\\?["']?(?:basic|bearer|token|digest|negotiate|ntlm|apikey)[ \t]+)"""
        r"""([^\s"',;\\]+)""",
        is_word_free,
    ),
    Kind("authorization", r"""(?i:authorization)\\?["']?[ \t]*[:=][ \t]*\\?["']?([^\s"',;\\]+)""", is_random),
    Kind("authorization", r"\b(?i:bearer|basic)[ \t]+([A-Za-z0-9._~+/-]{12,}={0,2})", is_random),
    Kind(
        "api_key_header",
        r"""(?i:\b(?:x-[a-z-]*(?:key|token|secret)|(?:private|job|deploy)-token|api-key)\\?["']?[ \t]*:[ \t]*\\?["']?)"""
        r"""([^\s"',;\\]+)""",
        is_secret,
    ),
    Kind("cookie", r"""(?i:\b(?:set-)?cookie\\?["']?[ \t]*[:=][ \t]*\\?["']?)([\w.%-]+=[^\n"'\\]+)"""),
    Kind("docker_auth", r"""\\?"auth\\?"[ \t]*:[ \t]*\\?"([A-Za-z0-9+/=_-]{8,})"""),
    Kind("password", r"""\b(?:curl|wget|http|https)\b[^\n]*?\s(?:-u|--user|-a)[ =]?["']?[^\s:"'=]+:([^\s"']+)""", is_word_free),
    Kind("password", r"""\b(?:mysql\w*|mariadb[\w-]*)\b[^\n]*?\s-p([^\s"']+)""", is_word_free),
    Kind("password", rf"""\b{_LOGIN}\b[^\n]*?\blogin\b[^\n]*?\s-p[ =]?["']?([^\s"']+)"""),
    Kind("password", r"""\becho[ \t]+(?:-n[ \t]+)?["']?([^\s"'|]+)["']?[ \t]*\|[^\n|]*--password-stdin"""),
    Kind("password", r"""\b(?:sshpass[ \t]+-p|redis-cli\b[^\n]*?\s-a)[ \t]*["']?([^\s"']+)""", is_word_free),
    Kind("password", r"""\b-?pass(?:in|out)[ =]+["']?pass:([^\s"']+)"""),
    Kind("password", r"""\blogin[ \t]+\S+[ \t]+password[ \t]+([^\s"']+)""", is_word_free),
    Kind("secret", rf"""{_OPTION}[ \t=]+["']?([^\s"'=-][^\s"']*)""", is_secret),
    *_assignments("password", _PASSWORD, is_password),
    *_assignments("secret", _SECRET, is_random),
)

KINDS: tuple[Kind, ...] = (
    *(Kind(name, pattern) for name, patterns in _TOKENS.items() for pattern in patterns),
    Kind("openai_key", r"\bsk-[A-Za-z0-9_-]{20,}", is_random),
    *_CONTEXTUAL,
)

EMAIL = Kind("email", r"\b[A-Za-z0-9_][A-Za-z0-9._%+-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}\b")
