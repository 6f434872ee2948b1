"""Native purchase orders, as far as they serve maintenance.

What an order line is for, what receipts do, how late vendors are, the weekly review of open orders and its
decisions, locking what is settled. It owns reviews and their lines. It uses requisitions and parts, and reads
promises from the history. It must not know tiers, budgets or how costs are booked.
"""

from . import purchase_order
from . import purchase_order_line
from . import purchase_order_author
from . import purchase_order_line_join
from . import purchase_order_line_review
from . import maintenance_purchase_review
from . import maintenance_purchase_review_line
from . import maintenance_purchase_review_make
from . import maintenance_purchase_review_findings
from . import maintenance_purchase_review_decision
from . import purchase_order_lock
from . import res_company
from . import res_partner
from . import stock_move
