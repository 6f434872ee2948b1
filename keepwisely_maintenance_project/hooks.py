from odoo.addons.keepwisely_maintenance.hooks import forget_foreign_keys


def uninstall_hook(env):
    """What Odoo leaves of the link. Distributions stay: they say what was charged."""
    forget_foreign_keys(env, "keepwisely_maintenance_project")
