from . import maintenance_reorder_decide
