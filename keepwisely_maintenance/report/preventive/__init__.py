from . import maintenance_schedule_forecast
