"""What Python code of an addon names: members of models, and keys that all addons share."""

import ast

FIELD_MODULES = {"fields", "models"}
SETTINGS_CALLS = {"get_param", "set_param", "get_str", "get_int", "get_bool", "get_float"}
#: What Odoo reads from every model class; no name of ours.
CLASS_SETTINGS = {
    "_abstract", "_active_name", "_auto", "_check_company_auto", "_date_name", "_depends", "_description", "_fold_name",
    "_inherit", "_inherits", "_log_access", "_name", "_order", "_parent_name", "_parent_store", "_rec_name",
    "_rec_names_search", "_register", "_table", "_table_query", "_transient", "_translate", "_transient_max_count",
    "_transient_max_hours", "_allow_sudo_commands", "_custom",
}


def read_python(source, where, names):
    """Add what `source` names to `names`, an AddonNames; `where` is the file's path in the addon."""
    tree = ast.parse(source)
    constants = {
        target.id: node.value for node in tree.body if isinstance(node, ast.Assign)
        for target in node.targets if isinstance(target, ast.Name)
    }
    for node in _walk(tree):
        place = f"{where}:{getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.ClassDef):
            _model(node, where, names)
        elif isinstance(node, ast.Call):
            _call(node, place, constants, names)
        elif isinstance(node, ast.Subscript) and _is_context(node.value):
            names.share("context key", _text(node.slice, constants), place)
        elif isinstance(node, ast.Compare) and any(_is_context(part) for part in node.comparators):
            names.share("context key", _text(node.left, constants), place)
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if _text(key, constants) == "context" and isinstance(value, ast.Dict):
                    _context_keys(value, place, constants, names)


def _walk(node):
    """ast.walk, several times faster and in no order."""
    todo = [node]
    while todo:
        node = todo.pop()
        yield node
        for value in node.__dict__.values():
            if isinstance(value, list):
                todo += [part for part in value if isinstance(part, ast.AST)]
            elif isinstance(value, ast.AST) and not isinstance(value, ast.expr_context):
                todo.append(value)


def _text(node, constants):
    """The string that an expression stands for, as far as the file alone tells; None otherwise."""
    if isinstance(node, ast.Name):
        node = constants.get(node.id)
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        parts = [_text(getattr(part, "value", part) if isinstance(part, ast.FormattedValue) else part, constants)
                 for part in node.values]
        return "".join(parts) if all(part is not None for part in parts) else None
    return None


def _is_context(node):
    name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
    return name.endswith(("context", "ctx"))


def _context_keys(node, place, constants, names):
    if isinstance(node, ast.Name):
        node = constants.get(node.id)
    if isinstance(node, ast.Dict):
        for key in node.keys:
            names.share("context key", _text(key, constants), place)


def _call(node, place, constants, names):
    function = node.func
    called = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    first = node.args[0] if node.args else None
    keywords = {keyword.arg: keyword.value for keyword in node.keywords}
    if called == "with_context" or (called == "dict" and first is not None and _is_context(first)):
        for key, value in keywords.items():
            names.share("context key", key, place) if key else _context_keys(value, place, constants, names)
        if called == "with_context" and first is not None:
            _context_keys(first, place, constants, names)
    elif called == "get" and isinstance(function, ast.Attribute) and _is_context(function.value):
        names.share("context key", _text(first, constants), place)
    elif called in SETTINGS_CALLS and first is not None:
        names.share("config parameter", _text(first, constants), place)
    elif called in ("next_by_code", "get_next_sequence"):
        names.share("sequence code", _text(first, constants), place)
    elif called == "create" and "ir.sequence'" in ast.unparse(function):
        for part in _walk(node):
            if isinstance(part, ast.Dict):
                for key, value in zip(part.keys, part.values, strict=True):
                    if _text(key, constants) == "code":
                        names.share("sequence code", _text(value, constants), place)
    elif called == "route" and isinstance(function, ast.Attribute):
        routes = keywords.get("route", first)
        for route in routes.elts if isinstance(routes, (ast.List, ast.Tuple)) else [routes]:
            names.share("route", _text(route, constants), place)
    if "config_parameter" in keywords:
        names.share("config parameter", _text(keywords["config_parameter"], constants), place)


def _literal(node):
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError):
        return None


def _model(node, where, names):
    assigned = {target.id: statement.value for statement in node.body if isinstance(statement, ast.Assign)
                for target in statement.targets if isinstance(target, ast.Name)}
    inherit = _literal(assigned["_inherit"]) if "_inherit" in assigned else None
    inherit = [inherit] if isinstance(inherit, str) else list(inherit or ())
    name = _literal(assigned["_name"]) if "_name" in assigned else None
    if node.name == "BaseModel":
        name = "base"
    if not name and len(inherit) == 1:
        name = inherit[0]
    if not isinstance(name, str):
        return
    model = names.model(name)
    if name not in inherit:
        model["new"] = f"{where}:{node.lineno}"
    model["parents"] += [parent for parent in inherit if parent != name and parent not in model["parents"]]
    model["delegates"] += list(_literal(assigned.get("_inherits")) or ()) if "_inherits" in assigned else []
    for statement in node.body:
        place = f"{where}:{statement.lineno}"
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
            calls_super = any(isinstance(part, ast.Name) and part.id == "super" for part in _walk(statement))
            explained = calls_super or bool(ast.get_docstring(statement))
            model["members"][statement.name] = {"kind": "method", "explained": explained, "place": place}
        elif isinstance(statement, (ast.Assign, ast.AnnAssign)) and statement.value is not None:
            for target in statement.targets if isinstance(statement, ast.Assign) else [statement.target]:
                if isinstance(target, ast.Name) and target.id not in CLASS_SETTINGS and not target.id.startswith("__"):
                    model["members"][target.id] = _member(name, target.id, statement.value, place, names)


def _member(model, name, value, place, names):
    function = value.func if isinstance(value, ast.Call) else None
    if not isinstance(function, ast.Attribute) or getattr(function.value, "id", "") not in FIELD_MODULES:
        return {"kind": "attribute", "place": place}
    if function.value.id == "models":
        return {"kind": "constraint", "place": place}
    keywords = {keyword.arg: keyword.value for keyword in value.keywords}
    member = {"kind": "field", "type": function.attr, "place": place}
    if function.attr == "Selection" and "selection_add" in keywords:
        added = _literal(keywords["selection_add"]) or ()
        member["adds"] = [value[0] for value in added if len(value) > 1]
    if function.attr == "Many2many" and ("store" in keywords or not {"compute", "related"} & set(keywords)):
        member["relation"] = _relation(model, value.args, keywords)
    if function.attr == "Many2one" and "delegate" in keywords:
        names.model(model)["delegates"].append(_literal(keywords.get("comodel_name", *value.args[:1])))
    return member


def _relation(model, args, keywords):
    """The table of a many2many field, named or made up by Odoo of both models' names."""
    comodel = _literal(args[0] if args else keywords.get("comodel_name", ast.Constant(None)))
    relation = _literal(args[1] if len(args) > 1 else keywords.get("relation", ast.Constant(None)))
    if relation or not comodel:
        return relation
    return "_".join([*sorted([model.replace(".", "_"), comodel.replace(".", "_")]), "rel"])
