"""The disk of the filestore is full: what has a file is refused as a whole, all else goes on, and later it is done once."""

import base64
import contextlib
import os
import shutil
import subprocess

from ..matrix_client import Refused
from .clicks import CLICKS
from .plant import Wrong, difference

SIZE = "400M"  # of the disk, which is in memory
PHOTO = os.urandom(300_000)


def rows(plant):
    return [("the disk of the filestore full", _full)]


def _full(plant):
    """The server has a file system of its own over the filestore, which goes with it: nobody else sees it."""
    wrap = _own_file_system(plant.odoo.filestore(plant.database))
    if not wrap:
        return "not tried: this user may mount no file system"
    receipt = CLICKS[0]
    with plant.serving(wrap=wrap) as server:
        technician, storekeeper = server.person("technician"), server.person(receipt.role)
        [job] = plant.world["photo"]
        filestore = server.seen(plant.odoo.filestore(plant.database))
        with _filled(filestore):
            before = plant.fingerprint()
            try:
                _attach(technician, job)
            except Refused:
                pass
            else:
                raise Wrong("a photo was taken that there was no room for")
            if plant.fingerprint() != before:
                raise Wrong(f"half of a refused photo is there: {difference(before, plant.fingerprint())}")
            receipt.act(storekeeper, plant)
        _attach(technician, job)
        [content] = plant.sql("SELECT store_fname, file_size FROM ir_attachment WHERE name = 'photo.png' AND res_id = %s", job)
        if (filestore / content[0]).read_bytes() != PHOTO:
            raise Wrong("the photo that was taken afterwards is not what was sent")
    plant.check_books()
    return "a tmpfs of its own"


def _attach(person, job):
    content = base64.b64encode(PHOTO).decode()
    values = {"name": "photo.png", "datas": content, "res_model": "maintenance.request", "res_id": job}
    person.call("ir.attachment", "create", values)


def _own_file_system(folder):
    """What makes a command run with a small disk in place of ``folder``; nothing where that is not allowed."""
    small = 'mount -t tmpfs -o size="$3" tmpfs "$1"'
    script = f'cp -a "$1" "$2" && {small} && cp -a "$2/." "$1" && rm -r "$2" && shift 3 && exec "$@"'
    for unshare in (("unshare", "--mount"), ("unshare", "--user", "--map-root-user", "--mount")):
        if shutil.which("unshare") and not subprocess.run([*unshare, "true"], capture_output=True).returncode:
            return [*unshare, "sh", "-c", script, "sh", str(folder), f"{folder}.aside", SIZE]
    return ()


@contextlib.contextmanager
def _filled(folder):
    """Not a byte is free for as long as the block runs."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(1 << 16))
    try:
        yield
    finally:
        filler.unlink()
