from . import maintenance_cost_report
from . import maintenance_ownership_report
from . import maintenance_equipment_workbook
from . import maintenance_trace
from . import maintenance_trace_sql
from . import maintenance_trace_payment_sql
