"""Readings, what is plausible, and rules that open work.

Meters of assets, readings by hand and from gateways, what they settle and forecast, limits that make a work order.
It owns meters, readings and rules. It uses costs, for the cost per unit, and asks schedules when the next job is
due. It must not know parts, requisitions or purchases.
"""

from . import maintenance_meter
from . import maintenance_meter_plausible
from . import maintenance_meter_settle
from . import maintenance_meter_watch
from . import maintenance_meter_ingest
from . import maintenance_meter_screen
from . import maintenance_meter_reading
from . import maintenance_meter_condition
from . import maintenance_meter_rule
from . import maintenance_meter_rule_breach
from . import maintenance_meter_rule_request
from . import maintenance_meter_cost
