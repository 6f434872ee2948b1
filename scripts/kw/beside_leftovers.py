"""What a module adds to a database besides people's records, to tell whether uninstalling took all of it and nothing else."""

from collections import Counter

# Names as people or the code know them; ids differ from database to database.
PARTS = {
    "column": "SELECT table_name || '.' || column_name || ' ' || data_type ||"
              " CASE is_nullable WHEN 'NO' THEN ' required' ELSE '' END"
              " FROM information_schema.columns WHERE table_schema = 'public'",
    "index": "SELECT indexname FROM pg_indexes WHERE schemaname = 'public'",
    "constraint": "SELECT conrelid::regclass || '.' || conname FROM pg_constraint WHERE connamespace = 'public'::regnamespace"
                  " AND contype <> 'n'",
    "trigger": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    "function": "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    "model": "SELECT model FROM ir_model",
    "field": "SELECT model || '.' || name || ' ' || ttype FROM ir_model_fields",
    "selection": "SELECT field.model || '.' || field.name || ' = ' || selection.value FROM ir_model_fields_selection selection"
                 " JOIN ir_model_fields field ON field.id = selection.field_id",
    # Odoo leaves those of other modules' fields that models of ours had, whatever module is uninstalled
    "xml id": "SELECT module || '.' || name FROM ir_model_data"
              " WHERE model NOT IN ('ir.model.fields.selection', 'ir.model.inherit')",
    "scheduled action": "SELECT cron_name FROM ir_cron",
    "server action": "SELECT name->>'en_US' FROM ir_act_server",
    "window action": "SELECT concat_ws(', ', name->>'en_US', res_model, path, view_mode, domain, context)"
                     " FROM ir_act_window",
    "client action": "SELECT tag FROM ir_act_client",
    "report": "SELECT report_name FROM ir_act_report_xml",
    "menu": "SELECT concat_ws(' / ', above.name->>'en_US', menu.name->>'en_US') ||"
            " CASE WHEN menu.active THEN '' ELSE ' (hidden)' END || ' for ' ||"
            " (SELECT count(*) FROM ir_ui_menu_group_rel WHERE menu_id = menu.id) || ' groups'"
            " FROM ir_ui_menu menu LEFT JOIN ir_ui_menu above ON above.id = menu.parent_id",
    "view": "SELECT concat_ws(' ', model, type, name, key) FROM ir_ui_view WHERE active",
    "access right": "SELECT name FROM ir_model_access",
    "record rule": "SELECT name FROM ir_rule",
    "group": "SELECT name->>'en_US' FROM res_groups",
    "implied group": "SELECT who.name->>'en_US' || ' has ' || (what.name->>'en_US') FROM res_groups_implied_rel rel"
                     " JOIN res_groups who ON who.id = rel.gid JOIN res_groups what ON what.id = rel.hid",
    "parameter": "SELECT key FROM ir_config_parameter",
    "default": "SELECT field.model || '.' || field.name FROM ir_default JOIN ir_model_fields field ON field.id = field_id",
    "activity type": "SELECT name->>'en_US' FROM mail_activity_type",
    "message subtype": "SELECT name->>'en_US' FROM mail_message_subtype",
    "mail template": "SELECT name->>'en_US' FROM mail_template",
    "operation type": "SELECT name->>'en_US' || ' ' || code FROM stock_picking_type WHERE active",
    "location": "SELECT complete_name FROM stock_location WHERE active",
    # archived operation types that were used keep their sequence
    "sequence": "SELECT concat_ws(' ', code, name) FROM ir_sequence WHERE id NOT IN"
                " (SELECT sequence_id FROM stock_picking_type WHERE NOT active AND sequence_id IS NOT NULL)",
}


def snapshot(query, database):
    """Counts of every name, by kind."""
    return {kind: Counter(name for (name,) in query(text, database=database)) for kind, text in PARTS.items()}


def compare(before, after):
    """What is there that was not, and what is gone, in words."""
    differences = []
    for kind in PARTS:
        differences += [f"{kind} left: {name}" for name in sorted(map(str, (after[kind] - before[kind])))]
        differences += [f"{kind} gone: {name}" for name in sorted(map(str, (before[kind] - after[kind])))]
    return differences
