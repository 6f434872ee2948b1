"""The names of all addons of the Odoo in use, read once for each build of Odoo."""

import json
import os
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from ..settings import CACHE, Failure, digest, say
from .addon import AddonNames, read_folder
from .python_names import read_python

KEPT = 3


def odoo_addons():
    """AddonNames of every addon, base included."""
    code = "".join(Path(__file__).with_name(f"{reader}.py").read_text() for reader in ("addon", "python_names"))
    kept = CACHE / f"names-{digest(os.environ['KW_ODOO_ID'], code)}.json"
    if not kept.exists():
        say("reading the names of Odoo's addons (once for each build of Odoo)")
        new = kept.with_suffix(f".{os.getpid()}")
        new.write_text(json.dumps([addon.__dict__ for addon in _read_all(Path(os.environ["KW_ODOO"]))]))
        new.replace(kept)
        # other checkouts may have other readers
        for old in sorted(CACHE.glob("names-*.json"), key=lambda path: path.stat().st_mtime)[:-KEPT]:
            old.unlink(missing_ok=True)
    return [AddonNames.from_dict(content) for content in json.loads(kept.read_text())]


def _read_all(odoo):
    folders = [folder for parent in ("addons", "odoo/addons") for folder in sorted(odoo.glob(f"{parent}/*")) if folder.is_dir()]
    with ProcessPoolExecutor() as pool:
        addons = [addon for addon in pool.map(read_folder, folders, chunksize=20) if addon]
    base = next((addon for addon in addons if addon.name == "base"), None)
    if base is None:
        raise Failure(f"no addon called base below {odoo}")
    # what every model has is called base here, as in the addon of that name that extends it
    read_python((odoo / "odoo/orm/models.py").read_text(), "odoo/orm/models.py", base)
    return addons
