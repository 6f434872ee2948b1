"""Work that comes again, and the parts bought ahead for it.

Schedules by time or meter, their next dates, the work orders they make, planned parts within lead time. It owns
schedules with their assets, tasks and parts. It uses work orders, meters and stock moves. It must not know tiers or
orders: its planned parts ask like all others, and of what was asked it knows only what was refused.
"""

from . import maintenance_schedule
from . import maintenance_schedule_asset
from . import maintenance_schedule_task
from . import maintenance_schedule_part
from . import maintenance_schedule_generate
from . import maintenance_schedule_supply
from . import maintenance_schedule_meter
from . import maintenance_schedule_meter_missing
from . import maintenance_request_preventive
from . import maintenance_equipment_preventive
from . import res_partner
from . import stock_move_planned
from . import maintenance_schedule_include
from . import maintenance_schedule_round
from . import maintenance_work_type
from . import maintenance_job_template
from . import maintenance_job_template_use
