"""The folders of the user's account in which the program keeps what belongs to no project.

The environment variable ``ANNOTATOR_HOME`` moves all of them under one folder.
"""

import os
from pathlib import Path

import platformdirs

APP = "annotator"
HOME_VARIABLE = "ANNOTATOR_HOME"


def config_path() -> Path:
    """The folder of the settings."""
    return _home("config") or platformdirs.user_config_path(APP, appauthor=False)


def state_path() -> Path:
    """The folder of what the program remembers by itself."""
    return _home("state") or platformdirs.user_state_path(APP, appauthor=False)


def data_path() -> Path:
    """The folder of the sample project and of what is made for use in every project."""
    return _home("data") or platformdirs.user_data_path(APP, appauthor=False)


def word_lists_path() -> Path:
    """The folder of the user's own word lists for the suggestion rules, ``LANGUAGE.toml`` each."""
    return config_path() / "cues"


def models_path() -> Path:
    """The folder of the models that were trained on this machine, a folder each."""
    return data_path() / "models"


def log_path() -> Path:
    """The folder of the log files."""
    return _home("log") or platformdirs.user_log_path(APP, appauthor=False)


def cache_path() -> Path:
    """The folder of what can be made again."""
    return _home("cache") or platformdirs.user_cache_path(APP, appauthor=False)


def _home(part: str) -> Path | None:
    root = os.environ.get(HOME_VARIABLE)
    return Path(root).expanduser() / part if root else None
