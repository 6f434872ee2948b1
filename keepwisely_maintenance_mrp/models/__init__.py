"""Maintenance beside Manufacturing.

Parts: kits turn into their components, what is made in house is made for the work order that waits for it. Work centers: an
asset belongs to one, work and standstill of the asset block its calendar, a stop of it is a report, and the hours of production
that a standstill takes are part of what it costs.
"""

from . import product_product
from . import stock_move
from . import mrp_production
from . import maintenance_equipment
from . import maintenance_request
from . import maintenance_schedule
from . import maintenance_downtime
from . import maintenance_ownership_report
from . import mrp_workcenter
from . import mrp_workcenter_productivity
from . import resource_calendar_leaves
