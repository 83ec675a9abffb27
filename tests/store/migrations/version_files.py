"""The project files of every schema version that was released, each made by the program of its time."""

import gzip
from pathlib import Path

FOLDER = Path(__file__).with_name("versions")
VERSIONS = tuple(sorted(int(path.name.split("_")[1].split(".")[0]) for path in FOLDER.glob("version_*.anno.gz")))


def unpack(version: int, path: Path) -> Path:
    """Write the project file of a schema version to ``path``, byte for byte as it was made."""
    path.write_bytes(gzip.decompress((FOLDER / f"version_{version}.anno.gz").read_bytes()))
    return path
