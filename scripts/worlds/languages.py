# Fed to Odoo's shell: German and French are spoken; the people that `make matrix` makes take turns.
from odoo.tools.translate import load_language

for lang in ("de_DE", "fr_FR"):
    load_language(env.cr, lang)  # noqa: F821
env.cr.commit()  # noqa: F821
