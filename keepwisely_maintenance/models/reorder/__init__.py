"""How many of each spare part to keep: suggested, explained, decided on, and looked back at.

It owns the policy, which knows no Odoo, the suggestions with their reasons and decisions, and the company's settings for
them. It uses parts, assets, vendors and planned work, and changes reorder points as anybody may who writes them. Nothing
may depend on it.
"""

from . import res_company
from . import product_template
from . import maintenance_reorder_suggestion
from . import maintenance_reorder_suggestion_facts
from . import maintenance_reorder_suggestion_make
from . import maintenance_reorder_suggestion_words
from . import maintenance_reorder_suggestion_decide
from . import maintenance_reorder_change
from . import maintenance_reorder_month
from . import stock_warehouse_orderpoint
