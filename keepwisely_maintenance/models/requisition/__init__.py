"""What is asked for and not bought yet: held procurements.

The buy rule holds them here, reorder points ask here, services are asked for here; lines change with the need and
are released into the native rule once approved. It owns requisitions and their lines. It uses parts; of approval it
knows tiers and decisions, from which its state is computed, but not who may decide or why.
"""

from . import maintenance_request_service
from . import maintenance_equipment_requisition
from . import maintenance_requisition
from . import maintenance_requisition_supply
from . import maintenance_requisition_line
from . import maintenance_requisition_line_change
from . import maintenance_requisition_line_quantity
from . import maintenance_requisition_line_service
from . import maintenance_requisition_line_supply
from . import maintenance_requisition_duplicate
from . import maintenance_requisition_line_join
from . import stock_rule
from . import stock_warehouse_orderpoint
