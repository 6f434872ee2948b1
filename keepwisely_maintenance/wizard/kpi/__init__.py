from . import maintenance_kpi_workbook
