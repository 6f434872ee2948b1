from . import test_kpi_workbook
from . import test_kpi_published
from . import test_kpi
from . import test_kpi_supply
from . import test_kpi_work
from . import test_kpi_periods
