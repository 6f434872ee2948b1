from . import maintenance_workload
