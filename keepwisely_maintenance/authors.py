"""Who acts, and whether they change something: what authorship is told by."""

from odoo import SUPERUSER_ID


def get_actor_id(env):
    """Who acts; not the superuser that native code puts forward when it makes orders."""
    if env.uid == SUPERUSER_ID and env.transaction.default_env:
        return env.transaction.default_env.uid
    return env.uid


def is_change(record, name, value):
    """Whether writing ``value`` makes the field ``name`` of ``record`` another one."""
    field = record._fields.get(name)
    return bool(field) and field.convert_to_cache(value, record) != field.convert_to_cache(record[name], record)
