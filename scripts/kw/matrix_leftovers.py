"""What a module adds to a database besides people's records, to tell whether uninstalling took all of it and nothing else.

It is read from outside, in SQL: by the names that people, the code or PostgreSQL know things by, as ids differ.
"""

from collections import Counter

#: Records whose words are compared in every language, by what they are called in the code.
WORDS = {
    "ir_model": ("name",),
    "ir_model_fields": ("field_description", "help"),
    "ir_model_fields_selection": ("name",),
    "ir_ui_menu": ("name",),
    "ir_ui_view": ("arch_db",),
    "ir_act_window": ("name", "help"),
    "ir_act_server": ("name",),
    "ir_act_report_xml": ("name",),
    "ir_act_client": ("name",),
    "res_groups": ("name", "comment"),
    "res_groups_privilege": ("name", "description"),
    "mail_activity_type": ("name", "summary"),
    "mail_message_subtype": ("name", "description"),
    "mail_template": ("name", "subject", "body_html"),
    "maintenance_stage": ("name",),
}
#: Tables that are the models of another name.
MODELS = {"ir_act_window": "ir.actions.act_window", "ir_act_server": "ir.actions.server", "ir_act_client": "ir.actions.client",
          "ir_act_report_xml": "ir.actions.report", "ir_model_fields_selection": "ir.model.fields.selection",
          "ir_model_fields": "ir.model.fields", "ir_ui_menu": "ir.ui.menu", "ir_ui_view": "ir.ui.view"}
# A name of many: what several modules call one record is sorted, and Odoo gives ir.model.data away when a module goes.
XMLID = ("(SELECT min(module || '.' || data.name) FROM ir_model_data data"
         " WHERE data.model = '{model}' AND data.res_id = record.id)")
GROUPS = ("(SELECT string_agg(grp.name->>'en_US', ', ' ORDER BY grp.name->>'en_US') FROM {table} rel"
          " JOIN res_groups grp ON grp.id = rel.{column} WHERE rel.{record} = record.id)")
# archived operation types that were used stay, with their sequence
USED_TYPES = "SELECT sequence_id FROM stock_picking_type WHERE NOT active AND sequence_id IS NOT NULL"

PARTS = {
    "table": "SELECT table_type || ' ' || table_name FROM information_schema.tables WHERE table_schema = 'public'",
    "column": "SELECT table_name || '.' || column_name || ' ' || data_type ||"
              " CASE is_nullable WHEN 'NO' THEN ' required' ELSE '' END || coalesce(' ' || column_default, '')"
              " FROM information_schema.columns WHERE table_schema = 'public'",
    "index": "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "constraint": "SELECT conrelid::regclass || '.' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint"
                  " WHERE connamespace = 'public'::regnamespace AND contype <> 'n'"
                  # declared twice in Odoo's base, with other ways to delete: the one that was looked at last holds
                  " AND conname <> 'rule_group_rel_group_id_fkey'",
    "trigger": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    "function": "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    "PostgreSQL sequence": "SELECT coalesce('of ' || seq.name || ' ' || coalesce(seq.code, ''), pgs.sequencename)"
        " FROM pg_sequences pgs LEFT JOIN ir_sequence seq"
        " ON seq.id::text = substring(pgs.sequencename from '^ir_sequence_0*([1-9][0-9]*)(?:_[0-9]+)?$')"
        f" WHERE schemaname = 'public' AND (seq.id IS NULL OR seq.id NOT IN ({USED_TYPES}))",
    "model": "SELECT model FROM ir_model",
    "field": "SELECT concat_ws(' ', model || '.' || name, ttype, relation, CASE WHEN required THEN 'required' END,"
             " CASE WHEN readonly THEN 'readonly' END, CASE WHEN store THEN 'stored' END, CASE WHEN index THEN 'indexed' END,"
             " CASE WHEN copied THEN 'copied' END, on_delete, related, CASE WHEN company_dependent THEN 'by company' END)"
             " FROM ir_model_fields",
    "selection": "SELECT field.model || '.' || field.name || ' = ' || selection.value FROM ir_model_fields_selection selection"
                 " JOIN ir_model_fields field ON field.id = selection.field_id",
    "noted constraint": "SELECT name FROM ir_model_constraint",
    "noted relation": "SELECT name FROM ir_model_relation",
    "module": "SELECT name FROM ir_module_module WHERE state = 'installed'",
    # Odoo leaves those of other modules' fields that models of ours had, whatever module is uninstalled
    "xml id": "SELECT module || '.' || name FROM ir_model_data"
              " WHERE model NOT IN ('ir.model.fields.selection', 'ir.model.inherit')"
              # what can be installed, not what is
              " AND NOT (module = 'base' AND model = 'ir.module.module')",
    "scheduled action": "SELECT concat_ws(' ', cron_name, active, interval_number, interval_type) FROM ir_cron",
    "server action": "SELECT name->>'en_US' FROM ir_act_server",
    "window action": "SELECT concat_ws(', ', record.name->>'en_US', res_model, path, view_mode, domain, context, 'for ' ||"
        f" {GROUPS.format(table='ir_act_window_group_rel', record='act_id', column='gid')}) FROM ir_act_window record",
    "client action": "SELECT tag FROM ir_act_client",
    "report": "SELECT report_name FROM ir_act_report_xml",
    "menu": "SELECT concat_ws(' / ', above.name->>'en_US', record.name->>'en_US') ||"
            " CASE WHEN record.active THEN '' ELSE ' (hidden)' END || coalesce(' for ' ||"
            f" {GROUPS.format(table='ir_ui_menu_group_rel', record='menu_id', column='gid')}, '') || ' at ' || record.sequence"
            " FROM ir_ui_menu record LEFT JOIN ir_ui_menu above ON above.id = record.parent_id",
    "view": "SELECT concat_ws(' ', model, type, record.name, key, priority, CASE WHEN active THEN '' ELSE '(hidden)' END,"
            f" {GROUPS.format(table='ir_ui_view_group_rel', record='view_id', column='group_id')}) FROM ir_ui_view record",
    "access right": "SELECT concat_ws(' ', record.name, grp.name->>'en_US', perm_read, perm_write, perm_create, perm_unlink)"
                    " FROM ir_model_access record LEFT JOIN res_groups grp ON grp.id = record.group_id",
    "record rule": "SELECT concat_ws(' ', record.name, active, perm_read, perm_write, perm_create, perm_unlink, domain_force,"
        f" {GROUPS.format(table='rule_group_rel', record='rule_group_id', column='group_id')}) FROM ir_rule record",
    "group": "SELECT name->>'en_US' FROM res_groups",
    "implied group": "SELECT who.name->>'en_US' || ' has ' || (what.name->>'en_US') FROM res_groups_implied_rel rel"
                     " JOIN res_groups who ON who.id = rel.gid JOIN res_groups what ON what.id = rel.hid",
    "parameter": "SELECT key FROM ir_config_parameter",
    "default": "SELECT field.model || '.' || field.name FROM ir_default JOIN ir_model_fields field ON field.id = field_id",
    "activity type": "SELECT name->>'en_US' FROM mail_activity_type",
    "message subtype": "SELECT name->>'en_US' FROM mail_message_subtype",
    "mail template": "SELECT name->>'en_US' FROM mail_template",
    "export": "SELECT resource || ' ' || name FROM ir_exports",
    "operation type": "SELECT name->>'en_US' || ' ' || code FROM stock_picking_type WHERE active",
    "location": "SELECT complete_name FROM stock_location WHERE active",
    "sequence": f"SELECT concat_ws(' ', code, name) FROM ir_sequence WHERE id NOT IN ({USED_TYPES})",
}


def snapshot(query, database):
    """Counts of every name, by kind."""
    found = {kind: Counter(name for (name,) in query(text, database=database)) for kind, text in PARTS.items()}
    found["words"] = Counter(_words(query, database))
    return found


def _words(query, database):
    columns = set(query("SELECT table_name::text, column_name::text FROM information_schema.columns WHERE data_type = 'jsonb'",
                        database=database))
    for table, names in WORDS.items():
        xmlid = XMLID.format(model=MODELS.get(table, table.replace("_", ".")))
        for name in names:
            if (table, name) in columns:
                text = (f"SELECT concat_ws(' ', {xmlid}, word.key, '=', word.value) FROM {table} record,"
                        f" jsonb_each_text(record.{name}) word WHERE word.key NOT LIKE '\\_%%' AND {xmlid} IS NOT NULL")
                for (found,) in query(text, database=database):
                    yield f"{name} of {found}"


def compare(before, after):
    """What is there that was not, and what is gone, in words."""
    differences = []
    for kind in before:
        differences += [f"{kind} left: {_short(name)}" for name in sorted(map(str, (after[kind] - before[kind])))]
        differences += [f"{kind} gone: {_short(name)}" for name in sorted(map(str, (before[kind] - after[kind])))]
    return differences


def _short(name):
    return name if len(name) < 300 else f"{name[:300]}…"
