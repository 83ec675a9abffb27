"""Files that appear only when they are complete: each is written as a draft, and the drafts take their places together.

Of an export of several files, all appear or none; what was there before is unchanged until then.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from annotator.domain.errors import ExportRefused
from annotator.files import open_projects
from annotator.files.drafts import name_draft, remove, temporary_folder
from annotator.files.replacement import PartlyReplaced, put_in_place, recover
from annotator.services.imports.detect import MANIFEST, PROJECT_FILE
from annotator.store.project import Project


class Drafts:
    """The drafts of the files and folders of an export, by the path at which each is to appear.

    A draft is beside its path, or in ``folder`` where one is given.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self.by_path: dict[Path, Path] = {}

    def of(self, path: Path) -> Path:
        """Return the draft of ``path``, always the same one; it does not exist at first."""
        if path not in self.by_path:
            self.by_path[path] = name_draft(path) if self._folder is None else self._folder / path.name
        return self.by_path[path]


@contextmanager
def drafting(out: Path, *, dry_run: bool) -> Iterator[Drafts]:
    """Provide the drafts of an export to ``out``, which take their places at the end of the block, all or none.

    ``dry_run``: they are in a temporary folder, and nothing takes a place. Raise ExportRefused where a file cannot be
    written.
    """
    if dry_run:
        with _all_or_none(out, {}), temporary_folder() as folder:
            yield Drafts(folder)
    else:
        recover(out.parent, out)
        drafts = Drafts()
        with _all_or_none(out, drafts.by_path):
            yield drafts


def write_whole(project: Project, out: Path, data: bytes) -> None:
    """Write ``data`` as ``out``, which appears only when complete.

    Raise ExportRefused; the old file is then unchanged.
    """
    out = out.absolute()
    check_target(project, out)
    with drafting(out, dry_run=False) as drafts:
        drafts.of(out).write_bytes(data)


def check_target(project: Project, out: Path) -> None:
    """Raise ExportRefused where ``out`` has no folder, is a folder, or would replace a project."""
    out = out.absolute()
    with _all_or_none(out, {}):
        check_parent(out)
        check_replaceable(project, out)


def check_parent(out: Path) -> None:
    """Raise ExportRefused where the folder of ``out`` does not exist."""
    if not out.parent.is_dir():
        raise ExportRefused(f"There is no folder {out.parent}: make it first, or choose another place.")


def check_replaceable(project: Project, path: Path, *, is_folder: bool = False) -> None:
    """Raise ExportRefused where ``path`` is a folder (or not one, as required) or would replace a project."""
    if path.is_dir() and not is_folder:
        raise ExportRefused(f"{path} is a folder: give the name of a file in it.")
    if is_folder and path.exists() and not path.is_dir():
        raise ExportRefused(f"{path} is a file, and this format fills a folder: give the name of a folder.")
    of_project = path.name.startswith(f"{project.path.name}-") and path.resolve().parent == project.path.parent
    if of_project or PROJECT_FILE.search(path.name) or path.resolve() == project.path or open_projects.is_open(path):
        raise ExportRefused(f"{path} is or would look like a project file: give the export another name.")


@contextmanager
def _all_or_none(out: Path, drafts: Mapping[Path, Path]) -> Iterator[None]:
    """Put the drafts that the block writes in their places at the end, all or none, and remove what is left of them.

    Raise ExportRefused in place of OSError, with a sentence about ``out``.
    """
    try:
        yield
        for path, draft in drafts.items():
            if draft.is_dir():
                _write_manifest(path, draft)
        put_in_place(drafts)
    except OSError as error:
        rest = "what was there is untouched"
        if isinstance(error, PartlyReplaced):
            rest = f"of this export only {', '.join(error.names)} could be written, so export it again"
        raise ExportRefused(
            f"{out} cannot be written ({error.strerror or error}): check the folder and the space on the disk; {rest}."
        ) from error
    finally:
        for draft in drafts.values():
            remove(draft)


def _write_manifest(path: Path, draft: Path) -> None:
    """Write the list of the files of an export into its folder, which is still a draft.

    Raise ExportRefused where ``path`` holds other files than those of an export.
    """
    written = _names_in(draft)
    if path.is_dir():
        try:
            before = set((path / MANIFEST).read_text(encoding="utf-8").splitlines())
        except (OSError, UnicodeDecodeError):
            before = set()
        if foreign := sorted(_names_in(path) - before - written - {MANIFEST}):
            raise ExportRefused(
                f"{path} holds {foreign[0]}, which no export wrote: empty the folder, or give the export another name."
            )
    (draft / MANIFEST).write_text("".join(f"{name}\n" for name in sorted(written)), encoding="utf-8", newline="\n")


def _names_in(folder: Path) -> set[str]:
    """Return the files in a folder and in its folders, by their paths in it."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}
