"""Parts of assets in Odoo's Repairs.

A part that came out goes to repair with an order of Repairs, named by its work order and its asset. When it is repaired it is
back on the shelf, and what the repair used, less what the part is worth on the shelf, is a cost of the work order.
"""

from . import repair_order
from . import maintenance_request
from . import maintenance_equipment
