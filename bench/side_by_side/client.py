"""What the web client asks the server for when it opens a list or a form."""

from lxml import etree

from odoo.tools.safe_eval import safe_eval

ACTIVITY = ("exception_decoration", "exception_icon", "state", "summary", "type_icon", "type_id")  # of the column of activities
ROWS_OF_X2MANY = 40


def specification(model, kind, view_id=None):
    """The fields that a view of ``model`` reads, as its user sees it."""
    return _read(etree.fromstring(model.get_view(view_id, kind)["arch"]), model)


def _read(arch, model):
    spec = {}
    for node in arch.iterchildren(etree.Element):
        if node.tag != "field":
            for name, values in _read(node, model).items():
                spec.setdefault(name, {}).update(values)
            continue
        name, hidden = node.get("name"), node.get("invisible") in ("1", "True")
        values, field = spec.setdefault(name, {}), model._fields[name]
        if field.type == "many2one":
            values.setdefault("fields", {}).update({} if hidden else {"display_name": {}})
        elif field.type in ("one2many", "many2many") and not hidden:
            values.update(_read_rows(node, model.env[field.comodel_name]))
        if node.get("widget") == "list_activity":
            for part in ACTIVITY:
                spec.setdefault(f"activity_{part}", {"fields": {"display_name": {}}} if part == "type_id" else {})
    return spec


def _read_rows(node, model):
    """What is read of the records of an x2many field: its own view's fields, or what a tag shows."""
    for view in node:
        if view.tag in ("list", "kanban"):
            return {"fields": _read(view, model), "limit": int(view.get("limit", ROWS_OF_X2MANY))}
    if "tags" in node.get("widget", ""):
        color = safe_eval(node.get("options") or "{}").get("color_field")
        return {"fields": {"display_name": {}, **({color: {}} if color else {})}}
    return {}
