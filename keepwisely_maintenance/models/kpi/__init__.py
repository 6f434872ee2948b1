"""Key figures, and exactly which records they count.

Reliability, work, supply and costs by period and team, each with its definition and source, and the dashboard.
It owns the key figures. It uses work orders, assets, meters, costs, parts and order lines, and only reads them.
Nothing may depend on it.
"""

from . import maintenance_request_kpi
from . import maintenance_kpi
from . import maintenance_kpi_reliability
from . import maintenance_kpi_availability
from . import maintenance_kpi_work
from . import maintenance_kpi_supply
from . import maintenance_kpi_card
