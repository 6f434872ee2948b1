from . import maintenance_repair_send
