"""Puts views together as Odoo does, as far as it takes to see which node an anchor finds.

Every node carries where it comes from (`ORIGIN`) and a number that copies keep (`NUMBER`), so that the node found in one
combination can be recognised in another.
"""

import copy
import functools
import itertools
import re
from typing import NamedTuple

from lxml import etree

ORIGIN, NUMBER = "kw-origin", "kw-number"
POSITION = "position"

_numbers = itertools.count(1)
_parsed = {}


def _hasclass(context, *names):
    classes = set((context.context_node.get("class") or "").split())
    return classes.issuperset(names)


etree.FunctionNamespace(None)["hasclass"] = _hasclass


FIELD = etree.XPath("descendant-or-self::field[@name=$name]")
_xpath = functools.lru_cache(None)(etree.XPath)


def specs_of(addon, view):
    """The view's arch as a <data> element that may be consumed; numbers are the same on every call."""
    key = addon, view["id"], view["arch"]
    if key not in _parsed:
        root = etree.fromstring(view["arch"])
        for node in root.iter(etree.Element):
            node.set(ORIGIN, addon)
            node.set(NUMBER, str(next(_numbers)))
        _parsed[key] = root
    return copy.deepcopy(_parsed[key])


def base_arch(addon, view):
    data = specs_of(addon, view)
    return copy.deepcopy(data[0]) if len(data) == 1 and view["model"] else data


def locate(arch, spec):
    """The node of `arch` that `spec` is about, or None."""
    if spec.tag == "xpath":
        try:
            found = _xpath(spec.get("expr") or "")(arch)
        except etree.XPathError:
            return None
        return found[0] if found and isinstance(found[0], etree._Element) else None
    if spec.tag == "field":
        found = FIELD(arch, name=spec.get("name") or "")
        return found[0] if found else None
    wanted = {name: value for name, value in spec.attrib.items() if name not in (POSITION, ORIGIN, NUMBER)}
    for node in arch.iter(spec.tag):
        if all(node.get(name) == value for name, value in wanted.items()):
            return node
    return None


def describe(spec):
    if spec.tag == "xpath":
        return spec.get("expr") or ""
    wanted = [f"@{name}='{value}'" for name, value in spec.attrib.items() if name not in (POSITION, ORIGIN, NUMBER)]
    return f"//{spec.tag}[{' and '.join(wanted)}]" if wanted else f"//{spec.tag}"


class Found(NamedTuple):
    """What an anchor found; all but the anchor is None when that is nothing."""

    anchor: str
    number: str | None = None
    origin: str | None = None
    tag: str | None = None
    name: str | None = None


def _found(spec, node):
    return Found(describe(spec), *(() if node is None else (node.get(NUMBER), node.get(ORIGIN), node.tag, node.get("name"))))


def apply(arch, data, found):
    """Apply the specs in `data`; adds to `found`, by the number of each spec, what it found."""
    for spec in list(data):
        if spec.tag == "data":
            arch = apply(arch, spec, found)
            continue
        if spec.tag == "attributes" or not isinstance(spec.tag, str):
            continue
        node = locate(arch, spec)
        found[spec.get(NUMBER)] = _found(spec, node)
        if node is not None:
            arch = _change(arch, node, spec, found)
    return arch


def _children(arch, spec, found):
    """What a spec brings along: its children, those with position="move" taken from where they are."""
    for child in list(spec):
        if child.get(POSITION) == "move":
            node = locate(arch, child)
            found[child.get(NUMBER)] = _found(child, node)
            if node is not None and node.getparent() is not None:
                node.getparent().remove(node)
                yield node
        else:
            yield child


def _change(arch, node, spec, found):
    position = spec.get(POSITION, "inside")
    if position == "attributes":
        for change in spec.findall("attribute"):
            if change.get("name"):
                _change_attribute(node, change)
        return arch
    children = list(_children(arch, spec, found))
    parent = node.getparent()
    if position == "inside" or spec.get("mode") == "inner":
        if position == "replace":
            node[:] = []
        node.extend(children)
    elif position == "replace":
        if parent is None:
            return _root(node, children, arch)
        for child in children:
            for place in [part for part in child.iter() if (part.text or "").strip() == "$0"]:
                place.text = None
                place.append(copy.deepcopy(node))
            node.addprevious(child)
        parent.remove(node)
    elif parent is not None:
        for child in children if position == "before" else reversed(children):
            node.addprevious(child) if position == "before" else node.addnext(child)
    return arch


def _root(node, children, arch):
    elements = [child for child in children if isinstance(child.tag, str)]
    if not elements:
        return arch
    for place in [part for part in elements[0].iter() if (part.text or "").strip() == "$0"]:
        place.text = None
        place.append(node)
    return elements[0]


def _change_attribute(node, change):
    name = change.get("name")
    if change.get("add") or change.get("remove"):
        separator = change.get("separator", ",")
        split = re.compile(r"\s+" if separator == " " else re.escape(separator))
        parts = [part for part in split.split(node.get(name) or "") if part and part != change.get("remove")]
        node.set(name, separator.join(parts + ([change.get("add")] if change.get("add") else [])))
    elif change.text:
        node.set(name, change.text)
    else:
        node.attrib.pop(name, None)
