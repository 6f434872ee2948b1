"""The steps, in the order in which they are printed; a file for each family."""

from . import plain, readings, requisition, scheduler, screens, work_order

STEPS = (*requisition.STEPS, *work_order.STEPS, *screens.STEPS, *scheduler.STEPS, *readings.STEPS, *plain.STEPS)
