"""What is asked for and not bought yet: held procurements.

The buy rule holds them here, reorder points ask here, services are asked for here; lines change with the need and
are released into the native rule once approved. It owns requisitions and their lines. It uses parts and the company.
Its state is computed from the tiers and decisions of approval; who may decide it only asks. It must not know how
deciders are found, delegations, budgets or the history.
"""

from . import maintenance_request_service
from . import maintenance_request_asset
from . import maintenance_equipment_requisition
from . import maintenance_requisition
from . import maintenance_requisition_supply
from . import maintenance_requisition_line
from . import maintenance_requisition_summary
from . import maintenance_requisition_line_author
from . import maintenance_requisition_line_change
from . import maintenance_requisition_line_quantity
from . import maintenance_requisition_line_service
from . import maintenance_requisition_line_supply
from . import maintenance_requisition_duplicate
from . import maintenance_requisition_line_join
from . import stock_rule
from . import stock_warehouse_orderpoint
