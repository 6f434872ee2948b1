from . import maintenance_part_demand
from . import maintenance_part_demand_sql
from . import maintenance_part_demand_moves_sql
from . import native_reports
