from . import test_leave
from . import test_leave_tour
