from . import maintenance_cost_report
from . import maintenance_part_demand
from . import maintenance_part_demand_sql
from . import maintenance_part_demand_moves_sql
from . import maintenance_workload
from . import maintenance_schedule_forecast
from . import maintenance_meter_chart
from . import maintenance_purchase_review_workbook
