"""The page for work on the floor, which goes on without a signal: what it is given, and what it sends.

It owns what phones have sent (`maintenance.phone.command`) and the company's settings for the page. It calls the public
methods of the other rooms as the person who sends; their gates and messages are the rules here. Nothing may depend on it.
"""

from . import res_company
from . import maintenance_phone_command
from . import maintenance_phone_command_moment
from . import maintenance_phone_command_keep
from . import maintenance_phone_command_work
from . import maintenance_phone_command_answer
from . import maintenance_phone_command_parts
from . import maintenance_phone_command_report
from . import maintenance_phone_command_photo
from . import maintenance_phone_command_forget
from . import maintenance_phone_data
from . import maintenance_phone_data_job
from . import maintenance_phone_data_parts
from . import maintenance_phone_document
from . import maintenance_equipment
from . import maintenance_request
