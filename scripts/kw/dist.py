"""`make dist`: the module and its bridges in one zip to be unpacked onto an addons path, tried by installing it."""

import contextlib
import tempfile
import zipfile
from pathlib import Path

from .cluster import open_server
from .database import Databases
from .packing import build
from .settings import CACHE, MODULE, REPO, Failure, flag, manifest, module_folders, option, say


def dist():
    folder = Path(option("TO", str(REPO / "dist")))
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{MODULE}-{manifest()['version']}.zip"
    build(path)
    say(f"{path.name}: {path.stat().st_size / 1024:,.0f} kB")
    if flag("TRY", default=True):
        _try(path)
    print(path)
    return 0


def _try(path):
    """Install what was packed, with every bridge and what it needs, where nothing else of the checkout is at hand."""
    modules = [folder.name for folder in module_folders()]
    neighbours = sorted({name for folder in module_folders() for name in manifest(folder)["depends"]} - set(modules))
    server = open_server("test")
    with contextlib.ExitStack() as stack:
        stack.enter_context(server.running())
        databases = Databases(server)
        databases.drop_orphans()
        unpacked = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=CACHE)))
        with zipfile.ZipFile(path) as packed:
            packed.extractall(unpacked)
        stack.enter_context(databases.odoo.with_code(unpacked))
        database = stack.enter_context(databases.throw_away(with_module=False))
        say("installing it with its bridges where there is no checkout")
        code, log = databases.odoo.change_modules(database, f"--init={','.join([MODULE, *neighbours])}")
        if code or log.complaints:
            raise Failure("\n".join([f"what was packed does not install; the whole log is in {log.path}", *log.complaints]))
        missing = {name for name in modules if name not in databases.modules(database)}
        if missing:
            raise Failure(f"what was packed lacks {', '.join(sorted(missing))}")
        say(f"installed: {', '.join(modules)}")
