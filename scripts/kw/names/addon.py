"""The names that one addon brings along, read from its files without running them."""

import ast
import re
import zipfile
from pathlib import Path

from lxml import etree

from .python_names import read_python

LEFT_OUT = {"tests", "migrations", "upgrades", "populate", "node_modules", "doc", "i18n"}
REGISTRY = re.compile(r"""registry\s*\.category\(\s*["'](\w+)["']\s*\)\s*\.add\(\s*["']([^"']+)["']""")
KEY = re.compile(r"""['"](\w+)['"]\s*:""")
FIRST_ARGUMENT = re.compile(r"""^\s*[\[(]+\s*['"]([^'"]+)['"]""")


class AddonNames:
    """`depends`: addons; `models`: per model what the addon defines on it; `shared`: per kind {name: place}; `views`."""

    def __init__(self, name, depends=()):
        self.name = name
        self.depends = list(depends)
        self.models = {}
        self.shared = {}
        self.views = []

    def model(self, name):
        return self.models.setdefault(name, {"new": "", "parents": [], "delegates": [], "members": {}})

    def share(self, kind, name, place):
        if name:
            self.shared.setdefault(kind, {}).setdefault(name, place)

    @classmethod
    def from_dict(cls, content):
        addon = cls(content["name"])
        addon.__dict__.update(content)
        return addon


def read_folder(folder):
    """Names of the addon in a folder; None when there is no manifest."""
    folder = Path(folder)
    if not (folder / "__manifest__.py").is_file():
        return None
    paths = [path for path in folder.rglob("*") if path.suffix in (".py", ".xml")]
    paths += (folder / "static" / "src").rglob("*.js")
    return _read(folder.name, {str(path.relative_to(folder)): path.read_bytes for path in paths})


def read_wheel(path):
    """Names of the addons in a wheel, without unpacking it."""
    with zipfile.ZipFile(path) as wheel:
        files = {}
        for name in wheel.namelist():
            parts = Path(name).parts
            if parts[:2] == ("odoo", "addons") and len(parts) > 3 - name.endswith(".py"):
                files.setdefault(parts[2], {})["/".join(parts[3:])] = lambda name=name: wheel.read(name)
        return [_read(addon, content) for addon, content in sorted(files.items()) if "__manifest__.py" in content]


def _read(name, files):
    manifest = ast.literal_eval(files["__manifest__.py"]().decode())
    addon = AddonNames(name, manifest.get("depends") or ([] if name == "base" else ["base"]))
    for where, content in sorted(files.items()):
        folders = where.split("/")[:-1]
        if LEFT_OUT.intersection(folders) or where == "__manifest__.py":
            continue
        if where.endswith(".py"):
            read_python(content().decode(errors="replace"), where, addon)
        elif where.endswith(".js"):
            if folders[:2] == ["static", "src"]:
                for category, key in REGISTRY.findall(content().decode(errors="replace")):
                    addon.share("registry key", f"{category}/{key}", where)
        elif folders[:1] != ["static"]:
            _read_xml(content(), where, addon)
    return addon


def _read_xml(content, where, addon):
    try:
        root = etree.fromstring(content, etree.XMLParser(remove_comments=True, remove_pis=True))
    except etree.XMLSyntaxError:
        return
    for node in root.iter("record", "template", "function"):
        place = f"{where}:{node.sourceline}"
        if node.tag == "template":
            _template(node, place, addon)
            continue
        fields = {field.get("name"): field for field in node.findall("field")}
        model = node.get("model") or ""
        if node.tag == "function":
            if model == "ir.config_parameter":
                match = FIRST_ARGUMENT.match(node.get("eval") or "")
                addon.share("config parameter", match and match[1], place)
        elif model == "ir.ui.view":
            _view(node, fields, place, addon)
        elif model == "ir.sequence":
            addon.share("sequence code", _value(fields.get("code")), place)
        elif model == "ir.config_parameter":
            addon.share("config parameter", _value(fields.get("key")), place)
        elif model.startswith("ir.actions"):
            addon.share("action path", _value(fields.get("path")), place)
        if "context" in fields:
            _context(fields["context"].text or fields["context"].get("eval"), place, addon)
        _contexts(node, where, addon)
    for node in root.iter("template"):
        _contexts(node, where, addon)


def _contexts(node, where, addon):
    for inside in node.iter():
        if inside.get("context"):
            _context(inside.get("context"), f"{where}:{inside.sourceline}", addon)


def _context(text, place, addon):
    for key in KEY.findall(text or ""):
        addon.share("context key", key, place)


def _value(field):
    return None if field is None else (field.text or "").strip() or (field.get("eval") or "").strip("'\"") or None


def _full(addon, xmlid):
    return xmlid if not xmlid or "." in xmlid else f"{addon.name}.{xmlid}"


def _view(node, fields, place, addon):
    arch = fields.get("arch")
    if arch is None:
        return
    inherit = fields["inherit_id"].get("ref") if "inherit_id" in fields else None
    _add_view(addon, node.get("id"), _value(fields.get("model")), inherit, _value(fields.get("mode")),
              _value(fields.get("priority")), arch, place)


def _template(node, place, addon):
    mode = "primary" if node.get("primary") == "True" else None
    _add_view(addon, node.get("id"), None, node.get("inherit_id"), mode, node.get("priority"), node, place)


def _add_view(addon, xmlid, model, inherit, mode, priority, arch, place):
    if not xmlid:
        return
    specs = [etree.tostring(part, encoding="unicode", with_tail=False) for part in arch if isinstance(part.tag, str)]
    addon.views.append({
        "id": _full(addon, xmlid), "model": model, "inherit": _full(addon, inherit),
        "primary": mode == "primary" or not inherit, "priority": int(priority) if (priority or "").isdigit() else 16,
        "arch": f"<data>{''.join(specs)}</data>", "place": place,
    })
