"""Do stock, reservations, requisitions, orders, to-dos, meters and the ledger of a database agree?

``make shell DB=NAME < bench/books.py`` says what does not, or that all does; the exit code is 1 when something does
not. Nothing is changed. `make faults` and `make load` ask it after everything they do.
"""

import sys

from odoo.addons.keepwisely_maintenance.tests.house.books import Books

wrong = Books(env).find_wrong()
env.cr.rollback()
print(*(f"DISAGREE {line}" for line in wrong) if wrong else ["the books agree"], sep="\n", flush=True)
sys.exit(bool(wrong))
