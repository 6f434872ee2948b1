"""What maintenance costs, from the first receipt to the last bill.

The ledger and its accruals, the analytic distribution, the trace from request to payment, cost of ownership,
warranty recoveries, budgets. It owns ledger entries, recoveries and budgets. It uses work orders, assets,
requisitions, decisions and their history. It must not know schedules, meters or key figures.
"""

from . import maintenance_request_cost
from . import maintenance_equipment_cost
from . import maintenance_equipment_rollup
from . import maintenance_equipment_value
from . import maintenance_equipment_replacement
from . import maintenance_warranty_recovery
from . import res_company
from . import maintenance_cost_entry
from . import purchase_order_line_cost
from . import account_move_cost
from . import stock_move_cost
from . import stock_move_cost_unset
from . import maintenance_analytic_mixin
from . import maintenance_analytic
from . import maintenance_labor_analytic
from . import maintenance_request_asset_cost
from . import stock_move_analytic
from . import account_analytic_line
from . import maintenance_trace_documents
from . import account_move
from . import maintenance_budget
from . import maintenance_budget_amounts
from . import maintenance_requisition_budget
