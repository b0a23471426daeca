"""Settings: one table of them, and the only place that reads the environment.

Values come from, in this order: an option of the command line, the environment, ``.error-classification.toml`` in the working
folder or above, ``config.toml`` in the user's configuration folder, the default. An empty environment variable counts as not
set: that is how CI systems pass an absent secret.
"""

from __future__ import annotations

from error_classification.config.resolving import DEFAULT, PROJECT_FILE, Resolved, resolve
from error_classification.config.surroundings import ci_variables, config_folder, data_folder, no_color, secret_values, user_name
from error_classification.config.table import SETTINGS, Config, Setting
from error_classification.taxonomy import CATEGORIES

__all__ = [
    "DEFAULT",
    "ERROR_CATEGORIES",
    "PROJECT_FILE",
    "SETTINGS",
    "Config",
    "Resolved",
    "Setting",
    "ci_variables",
    "config_folder",
    "data_folder",
    "no_color",
    "resolve",
    "secret_values",
    "user_name",
]

ERROR_CATEGORIES = [category.name for category in CATEGORIES]
