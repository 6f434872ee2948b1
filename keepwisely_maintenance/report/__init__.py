from . import maintenance_cost_report
