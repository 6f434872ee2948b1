from . import maintenance_meter_chart
