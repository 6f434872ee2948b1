"""The ground floor: what every room stands on and no single one owns.

Days as the plant counts them, the set-up on installation, the mixins that keep fields from being preset and tell what
was corrected, and the mixin of rows that write themselves when a transaction commits. It owns the first steps. It knows no
other room. Fields that only one room reads are not here: they stand on `res.company` and `res.users` in the room that
reads them.
"""

from . import ir_actions_report
from . import ir_attachment
from . import ir_cron
from . import mail_notification
from . import mail_queue
from . import mail_thread_language
from . import ir_default
from . import ir_sequence
from . import maintenance_correction_mixin
from . import maintenance_first_step
from . import maintenance_guard_mixin
from . import maintenance_journal_mixin
from . import maintenance_named_mixin
from . import maintenance_tracking_mixin
from . import res_company
from . import res_users
from . import resource_calendar
from . import web_tour_tour
