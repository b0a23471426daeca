"""Failed jobs of a repository's workflow runs over GitHub's REST API: logs, annotations, and reports from artifacts.

``docs.github.com/en/rest/actions`` describes the endpoints, ``.../using-the-rest-api/rate-limits`` the limits.
"""

from error_classification.sources.github.client import GitHubClient
from error_classification.sources.github.problems import GitHubError, RateLimitError
from error_classification.sources.github.source import GitHubSource

__all__ = ["GitHubClient", "GitHubError", "GitHubSource", "RateLimitError"]
