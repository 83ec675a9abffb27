"""The folders of the user's account for data that belongs to no project.

The environment variable ``ANNOTATOR_HOME`` moves all of them under one folder.
"""

import os
from pathlib import Path

import platformdirs

APP = "annotator"
HOME_VARIABLE = "ANNOTATOR_HOME"


def config_path() -> Path:
    """Return the folder of the settings."""
    return _home("config") or platformdirs.user_config_path(APP, appauthor=False)


def state_path() -> Path:
    """Return the folder of the state that the program saves, such as the geometry of windows."""
    return _home("state") or platformdirs.user_state_path(APP, appauthor=False)


def data_path() -> Path:
    """Return the folder of the sample project and of data for use in every project."""
    return _home("data") or platformdirs.user_data_path(APP, appauthor=False)


def word_lists_path() -> Path:
    """Return the folder of the user's own word lists for the suggestion rules, ``LANGUAGE.toml`` each."""
    return config_path() / "cues"


def models_path() -> Path:
    """Return the folder of the models that were trained on this machine, one folder each."""
    return data_path() / "models"


def log_path() -> Path:
    """Return the folder of the log files."""
    return _home("log") or platformdirs.user_log_path(APP, appauthor=False)


def cache_path() -> Path:
    """Return the folder of caches."""
    return _home("cache") or platformdirs.user_cache_path(APP, appauthor=False)


def _home(part: str) -> Path | None:
    root = os.environ.get(HOME_VARIABLE)
    return Path(root).expanduser() / part if root else None
