"""What `make dist` packs: the modules as they are in the repository."""

import zipfile
from pathlib import Path

from .settings import MODULE, REPO, module_folders, repository_files

#: What goes into the module's folder besides: who unpacks it has no checkout.
BESIDE = ("CHANGELOG.md", "LICENSE", "SECURITY.md")
#: The same files make the same zip, whenever it is made.
MOMENT = (1980, 1, 1, 0, 0, 0)


def build(path):
    """Write the zip; the order and the times in it are those of the files' names only."""
    folders = module_folders()
    content = {file.relative_to(REPO): file for file in repository_files() if any(map(file.is_relative_to, folders))}
    content |= {Path(MODULE) / name: REPO / name for name in BESIDE}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, file in sorted(content.items()):
            entry = zipfile.ZipInfo(name.as_posix(), MOMENT)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            packed.writestr(entry, file.read_bytes())
