"""`make pictures`: the pictures of README, docs and the app's page, taken from a new demo database."""

import io
import json
import os
import re
import shutil
import subprocess

from PIL import Image

from .cluster import open_server
from .database import Databases
from .settings import MODULE, MODULE_DIR, REPO, Failure, option, say

DATABASE = "keepwisely_pictures"
FOLDER = REPO / "docs" / "images"
APP_PAGE = MODULE_DIR / "static" / "description"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def pictures():
    wanted = json.loads((REPO / "scripts" / "pictures.json").read_text())
    if option("T"):
        wanted = [picture for picture in wanted if picture["name"] in option("T").split()]
        if not wanted:
            raise Failure("no picture has that name; scripts/pictures.json has them all")
    database = option("DB", DATABASE)
    server = open_server("run")
    with server.running():
        databases = Databases(server)
        databases.prepare(database, demo=True)
        for picture in wanted:
            picture["url"] = _get_url(databases, database, picture)
        with databases.odoo.serving(database) as (address, _log):
            take = [os.environ["KW_PICTURES_PYTHON"], REPO / "scripts" / "kw" / "take_pictures.py"]
            taken = subprocess.run([*take, address, FOLDER, _find_chromium()], input=json.dumps(wanted), text=True)
    if taken.returncode:
        raise Failure("not all pictures could be taken")
    for picture in wanted:
        _shrink(FOLDER / f"{picture['name']}.png")
    _copy_to_app_page()
    say(f"{len(wanted)} pictures in {FOLDER.relative_to(REPO)}: look at each before you commit it")
    return 0


def _get_url(databases, database, picture):
    if "path" in picture:
        return picture["path"]
    [[model, number]] = databases.query(
        "SELECT model, res_id FROM ir_model_data WHERE module = %s AND name = %s",
        MODULE, picture.get("record") or picture["order_of"], database=database)
    if "order_of" in picture:
        [[number]] = databases.query(
            "SELECT MAX(order_id) FROM purchase_order_line WHERE maintenance_request_id = %s", number, database=database)
        model = "purchase.order"
    return f"/odoo/{model}/{number}"


def _find_chromium():
    return next(path for path in map(shutil.which, BROWSERS) if path)


def _shrink(path):
    """Screens have few colours: a palette takes a third of the bytes."""
    content = io.BytesIO()
    Image.open(path).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(content, "PNG", optimize=True)
    path.write_bytes(content.getvalue())


def _copy_to_app_page():
    for name in re.findall(r'src="([\w-]+\.png)"', (APP_PAGE / "index.html").read_text()):
        shutil.copy(FOLDER / name, APP_PAGE / name)
