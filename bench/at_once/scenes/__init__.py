"""What is done at once; a file for each kind of people."""

from . import jobs, night, orders
from ..stage import scenes_of

SCENES = [scene for module in (orders, jobs, night) for scene in scenes_of(module)]
