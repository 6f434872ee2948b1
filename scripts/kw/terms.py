"""`make terms`: the templates of what is translated, written anew from a database, and the translations brought up to them."""

import ast
from pathlib import Path

from .cluster import open_server
from .database import Databases
from .settings import MODULE, REPO, Failure, module_folders, say
from .term_files import find_renamed, merge, read, template_of, tidy, translations_of

DATABASE = "keepwisely_terms"

# Odoo's own exporter, of one module at a time; it leaves out records of other modules that our files give another name.
EXPORT = """
from io import BytesIO
from pathlib import Path
import polib
from odoo.tools.translate import trans_export
for module, (path, renamed) in {files!r}.items():
    content = BytesIO()
    trans_export(None, [module], content, "po", env)
    file = polib.pofile(content.getvalue().decode())
    for xmlid, name in renamed:
        record = env.ref(xmlid)
        field = record._fields[name]
        if field.translate and field.store:
            kind = "model_terms" if callable(field.translate) else "model"
            for term in field.get_trans_terms(record[name]):
                place = (f"{{kind}}:{{record._name}},{{name}}:{{xmlid}}", "")
                entry = file.find(term)
                if entry:
                    entry.occurrences.append(place)
                else:
                    file.append(polib.POEntry(msgid=term, comment=f"module: {{module}}", occurrences=[place]))
    Path(path).write_text(str(file), encoding="utf-8")
"""


def terms():
    """Everything is installed with demo data, whose words are translated as well."""
    server = open_server("test")
    with server.running():
        databases = Databases(server)
        _prepare(databases)
        folders = {folder.name: folder for folder in module_folders()}
        missing = folders.keys() - set(databases.modules(DATABASE))
        if missing:
            raise Failure(f"{', '.join(sorted(missing))} is not installed in {DATABASE}, so its terms are not known")
        work = databases.odoo.data_dir / "terms"
        work.mkdir(exist_ok=True)
        files = {name: (str(work / f"{name}.pot"), find_renamed(folders[name])) for name in sorted(folders)}
        code, log = databases.odoo.script(DATABASE, EXPORT.format(files=files))
        if code:
            raise Failure(f"the terms cannot be exported; see {log.path}")
        for name, (path, _renamed) in files.items():
            _write(folders[name], tidy(Path(path).read_text(encoding="utf-8"), folders[name]))
    return 0


def _prepare(databases):
    """The module first, so that fields that other applications add to all models are not ours; then what bridges lead to."""
    if not databases.exists(DATABASE) or not databases.is_current(DATABASE):
        databases.create(DATABASE, demo=True)
    depends = set()
    for folder in module_folders():
        depends |= set(ast.literal_eval((folder / "__manifest__.py").read_text())["depends"])
    databases.add(DATABASE, sorted(depends - {MODULE}))


def _write(folder, content):
    path = template_of(folder)
    path.parent.mkdir(exist_ok=True)
    path.write_text(content, encoding="utf-8")
    template = read(path)
    say(f"{path.relative_to(REPO)}: {len(template)} terms")
    for file in translations_of(folder).values():
        file.write_text(merge(template, read(file)), encoding="utf-8")
        empty = sum(not entry.msgstr for entry in read(file))
        say(f"{file.relative_to(REPO)}: {empty} to translate")
