from . import maintenance_part_allocation
from . import maintenance_part_allocation_line
from . import maintenance_part_take
from . import maintenance_part_offer
from . import maintenance_part_handout
