"""Fields that met those of other modules get names of their own; whatever a company built on them goes along.
The Maintenance locations are archived. What buyers order without a requisition meets the tiers.
"""

import json
import re

from lxml import etree

from odoo.tools import SQL

#: Old and new name of a field, by model. None of them has a column of its own.
RENAMED_FIELDS = {
    "stock.move": {"requisition_line_ids": "maintenance_requisition_line_ids"},
    "maintenance.request": {
        "purchase_order_ids": "maintenance_purchase_order_ids",
        "purchase_order_count": "maintenance_purchase_order_count",
        "location_id": "maintenance_location_id",
        "remaining_hours": "maintenance_remaining_hours",
    },
    "maintenance.workload": {"load": "load_percent"},
    "purchase.order": {
        "maintenance_request_ids": "maintenance_work_order_ids",
        "maintenance_request_count": "maintenance_work_order_count",
    },
}


def migrate(cr, _version):
    for model, names in RENAMED_FIELDS.items():
        for old, new in names.items():
            if _rename_field(cr, model, old, new):
                _rename_in_screens(cr, model, old, new)
    # native code looks for the one production location of a company
    cr.execute(SQL("UPDATE stock_location SET active = false WHERE is_maintenance"))
    _keep_purpose(cr)
    _note_decided(cr)


def _keep_purpose(cr):
    """Where spare parts needed a purpose, they do still; where they did not, orders meet the tiers from now on."""
    cr.execute(SQL("ALTER TABLE res_company ADD COLUMN IF NOT EXISTS maintenance_order_rule varchar"))
    cr.execute(
        SQL(
            """
            UPDATE res_company
               SET maintenance_order_rule = CASE WHEN require_maintenance_link THEN 'purpose' ELSE 'tiers' END
             WHERE maintenance_order_rule IS NULL
            """
        )
    )


def _note_decided(cr):
    """What was decided on with each line, as far as that is known: what its requisition came to."""
    cr.execute(SQL("ALTER TABLE maintenance_requisition_line ADD COLUMN IF NOT EXISTS amount_counted numeric"))
    cr.execute(
        SQL(
            """
            UPDATE maintenance_requisition_line line
               SET amount_counted = asked.job_amount
              FROM maintenance_requisition asked
             WHERE asked.id = line.requisition_id AND asked.date_submitted IS NOT NULL AND line.amount_counted IS NULL
            """
        )
    )


def _rename_field(cr, model, old, new):
    """Rename our own field, never one that another module has under the old name.

    :returns: whether there was one.
    """
    old_id, new_id = (f"field_{model.replace('.', '_')}__{name}" for name in (old, new))
    cr.execute(
        SQL(
            """
            UPDATE ir_model_data SET name = %s
             WHERE module = 'keepwisely_maintenance' AND name = %s AND model = 'ir.model.fields'
         RETURNING res_id
            """,
            new_id, old_id,
        )
    )  # fmt: skip
    ids = [res_id for (res_id,) in cr.fetchall()]
    if not ids:
        return False
    cr.execute(
        SQL(
            "SELECT EXISTS (SELECT FROM ir_model_data WHERE model = 'ir.model.fields' AND res_id = ANY(%s) AND name = %s)",
            ids, old_id,
        )
    )  # fmt: skip
    if cr.fetchone()[0]:
        # shared with another module, whose field it stays; the new name is registered as a field of its own
        cr.execute(SQL("DELETE FROM ir_model_data WHERE module = 'keepwisely_maintenance' AND name = %s", new_id))
    else:
        cr.execute(SQL("UPDATE ir_model_fields SET name = %s WHERE id = ANY(%s)", new, ids))
    return True


def _rename_in_screens(cr, model, old, new):
    """Filters, exports and changed views of the model that people keep in the database."""
    # behind a dot it is the field of another model: equipment_id.location_id
    word = rf"(?<![.\w]){old}\M"
    for column in ("domain", "context", "sort"):
        cr.execute(
            SQL(
                "UPDATE ir_filters SET %(column)s = regexp_replace(%(column)s, %(word)s, %(new)s, 'g') "
                "WHERE model_id = %(model)s AND %(column)s ~ %(word)s",
                column=SQL.identifier(column), word=word, new=new, model=model,
            )
        )  # fmt: skip
    cr.execute(
        SQL(
            """
            UPDATE ir_exports_line line SET name = regexp_replace(line.name, %(start)s, %(new)s)
              FROM ir_exports export
             WHERE export.id = line.export_id AND export.resource = %(model)s AND line.name ~ %(start)s
            """,
            start=rf"^{old}\M", new=new, model=model,
        )
    )  # fmt: skip
    cr.execute(SQL("SELECT id, arch_db FROM ir_ui_view WHERE model = %s AND arch_db::text ~ %s", model, rf"\m{old}\M"))
    for view_id, archs in cr.fetchall():
        archs = {lang: _rename_in_arch(arch, old, new) for lang, arch in archs.items()}
        cr.execute(SQL("UPDATE ir_ui_view SET arch_db = %s::jsonb WHERE id = %s", json.dumps(archs), view_id))


def _rename_in_arch(arch, old, new):
    """The view with the new name, but where a list or form inside it shows a field of another model with the old one."""
    root = etree.fromstring(arch)
    own = re.compile(rf"(?<![.\w]){old}\b|(?<=\brecord\.){old}\b")
    inside = re.compile(rf"(?<=\bparent\.){old}\b")
    for node in root.iter(etree.Element):
        above = [node, *node.iterancestors()]
        foreign = any(part.tag == "field" and not part.get("position") for part in above[1:]) or any(
            re.search(r"\]/+(list|form|kanban|graph|pivot|calendar)\b", part.get("expr") or "") for part in above
        )
        pattern = inside if foreign else own
        for name, value in node.attrib.items():
            node.set(name, pattern.sub(new, value))
        if node.tag == "attribute" and node.text:
            node.text = pattern.sub(new, node.text)
    return etree.tostring(root, encoding="unicode")
