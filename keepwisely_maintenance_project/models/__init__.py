"""Work orders of a project: a shutdown, an overhaul, a move of machines.

The project's analytic accounts are charged with what its work orders cost, so the project knows its costs natively.
"""

from . import maintenance_request
from . import project_project
