"""From COBie to schedules and job templates."""

from markupsafe import Markup

from odoo.fields import Command, Date

from .cobie_assets import CobieAssets
from .cobie_values import Unreadable, read_day, read_number, read_unit, split_list, to_hours, to_interval

#: How the units of COBie are called by `relativedelta`; quarters are counted in months.
STEPS = {"day": "days", "week": "weeks", "month": "months", "year": "years"}


class CobieMove(CobieAssets):
    """A workbook on its way in: all that its sheets say, in the order in which they rest on each other.

    Rows of one job, apart by their task numbers, become the tasks of one schedule. A job without a frequency, such as one
    for emergencies, becomes a job template.
    """

    def run(self):
        self.take_contacts()
        self.take_places()
        self.take_types()
        self.take_details()
        self.take_assets()
        self.note_lost_details()
        self.take_spares()
        self.take_resources()
        self.take_jobs()
        self.findings.sort(key=lambda finding: (list(self.counts).index(finding.sheet), finding.number))

    def take_resources(self):
        """Tools, material, skills and training that jobs name."""
        for row in self.get_rows("Resource"):
            said = ": ".join(filter(None, [row.text("Category"), row.name]))
            about = row.text("Description")
            self.records["Resource"][row.name.casefold()] = f"{said} ({about})" if about and about != row.name else said
            self.counts["Resource"]["details"] += 1

    # -- Jobs ---------------------------------------------------------------------------------------------

    def take_jobs(self):
        jobs, order = {}, {}
        for row in self.get_rows("Job", unique=False):
            reasons = []
            kinds = self._find_types(row, reasons)
            how_often = self._read_interval(row, reasons)
            hours = self._read_hours(row, reasons)
            start = self._read_start(row, reasons)
            key = (row.name.casefold(), row.text("TypeName").casefold(), how_often)
            number = row.text("TaskNumber").casefold()
            if number and (*key, number) in order:
                reasons.append(self.env._("The task %(number)s of this job stands in row %(row)s already.",
                                          number=row.text("TaskNumber"), row=order[(*key, number)]))  # fmt: skip
            if not reasons and not any(kind["assets"] for kind in kinds):
                reasons.append(self.env._("No asset is of the type “%s”.", row.text("TypeName")))
            if reasons:
                self.refuse(row, *reasons)
                continue
            order[(*key, number)] = row.number
            jobs.setdefault(key, []).append({"row": row, "kinds": kinds, "hours": hours, "start": start})
        schedules, templates = [], []
        for (_name, _type, how_often), tasks in jobs.items():
            (schedules if how_often else templates).append((how_often, self._sort_tasks(tasks)))
        self._make_schedules(schedules)
        self._make_templates(templates)

    def _read_interval(self, row, reasons):
        """How often, as number and unit of a schedule; None for what is done as required."""
        unit = row.text("FrequencyUnit")
        if unit and unit.casefold() in ("as required", "asrequired", "as needed", "on demand", "once"):
            return None
        number = self.read_cell(read_number, row, "Frequency", reasons)
        if not number:
            return None
        try:
            return to_interval(number, read_unit(unit))
        except Unreadable:
            reasons.append(
                self.env._("“%(number)s %(unit)s” comes to no whole number of days, weeks, months or years.",
                           number=row.text("Frequency"), unit=unit)
            )  # fmt: skip
            return None

    def _read_hours(self, row, reasons):
        number = self.read_cell(read_number, row, "Duration", reasons)
        if not number:
            return 0.0
        try:
            calendar = self.company.sudo().resource_calendar_id  # sudo: how long a day is is no secret
            return to_hours(number, read_unit(row.text("DurationUnit")), calendar.hours_per_day or 8.0)
        except Unreadable:
            reasons.append(
                self.env._("%(column)s “%(text)s” is none of minute, hour, day and week.",
                           column="DurationUnit", text=row.text("DurationUnit"))
            )  # fmt: skip
            return 0.0

    def _read_start(self, row, reasons):
        """The first day, or after how much of which unit from installation on."""
        unit = read_unit(row.text("TaskStartUnit"))
        value = row.value("Start")
        if unit and unit in (*STEPS, "quarter"):
            try:
                number = read_number(value)
            except Unreadable:
                number = None
            # a day that a cell holds as a number is none of these
            if number is not None and number < 10_000:
                return (round(number * 3), "month") if unit == "quarter" else (round(number), unit)
        if value in (0, "0", 1, "1"):
            # files in use have it for the beginning
            return None
        return self.read_cell(read_day, row, "Start", reasons)

    def _sort_tasks(self, tasks):
        """By their numbers, and after those before them where these are said."""
        def place(task):
            text = task["row"].text("TaskNumber")
            return (float(text) if text.replace(".", "", 1).isdigit() else float("inf"), text, task["row"].number)

        tasks = sorted(tasks, key=place)
        numbers = {task["row"].text("TaskNumber").casefold() for task in tasks} - {""}
        done, result = set(), []
        while tasks:
            ready = [task for task in tasks if not self._get_priors(task["row"]) & numbers - done]
            # a circle has no order; the numbers stay
            task = (ready or tasks)[0]
            tasks.remove(task)
            result.append(task)
            done.add(task["row"].text("TaskNumber").casefold())
        return result

    def _get_priors(self, row):
        return {name.casefold() for name in split_list(row.text("Priors"))} - {row.text("TaskNumber").casefold()}

    # -- What becomes of them -----------------------------------------------------------------------------

    def _prepare_job(self, tasks):
        """What a job takes, for a schedule or a template."""
        rows = [task["row"] for task in tasks]
        commands, parts, resources = [], self.env["product.product"], []
        for place, row in enumerate(rows, start=1):
            said = [self.records["Resource"].get(name.casefold(), name) for name in self._get_resources(row)]
            description = row.text("Description") or row.name
            commands.append(
                Command.create(
                    {
                        "sequence": place * 10,
                        "name": description if len(description) <= 120 else f"{description[:119]}…",
                        "instructions": "\n".join([*([description] if len(description) > 120 else []), *said]) or False,
                    }
                )
            )
            resources += [line for line in said if line not in resources]
            for name in self._get_resources(row):
                parts |= self.records.get("Spare", {}).get(name.casefold(), self.env["product.template"]).product_variant_id
        needed = Markup("").join(Markup("<li>%s</li>") % line for line in resources)
        about = ", ".join(filter(None, [rows[0].text("Category"), rows[0].text("Status")]))
        return {
            "name": rows[0].name,
            "company_id": self.company.id,
            "description": Markup("<p>%s</p>") % about if about else False,
            "instruction_type": "text",
            "instruction_text": Markup("<p>%s</p><ul>%s</ul>") % (self.env._("Needed:"), needed) if needed else False,
            "task_ids": commands,
            "part_ids": [Command.create({"product_id": part.id, "product_uom_qty": 1.0}) for part in parts],
        }

    def _get_resources(self, row):
        text = row.text("ResourceNames")
        return [text] if text.casefold() in self.records.get("Resource", {}) else split_list(text)

    def _get_assets(self, tasks):
        return self.env["maintenance.equipment"].concat(*(kind["assets"] for kind in tasks[0]["kinds"]))

    def _name_job(self, sheet, tasks, how_often):
        row = tasks[0]["row"]
        return self.get_external_name(sheet, f"{row.name}\0{row.text('TypeName')}\0{how_often}")

    def _make_schedules(self, jobs):
        schedules = self.env["maintenance.schedule"]
        today = self.company._get_plant_day()
        entries, assets_of = [], {}
        for how_often, tasks in jobs:
            external = self._name_job("Job", tasks, how_often)
            assets_of[external] = assets = self._get_assets(tasks)
            values = {
                **self._prepare_job(tasks),
                "interval": how_often[0],
                "interval_unit": how_often[1],
                "start_date": self._get_first_day(tasks, assets) or today,
                "duration": sum(task["hours"] for task in tasks) or 1.0,
            }
            entries.append((tasks[0]["row"], external, values))
        made = self.make(schedules, entries)
        for external, schedule in made.items():
            # assets join afterwards: what was due before today is not made up for
            joining = assets_of[external] - schedule.equipment_ids
            if joining:
                schedule.equipment_ids = [Command.link(asset.id) for asset in joining]
        self._count_further_tasks(jobs, "Job", made)

    def _get_first_day(self, tasks, assets):
        """The earliest day that a task says; one that counts from installation begins with the first of the assets."""
        days = []
        installed = [day for asset in assets if (day := asset.effective_date or asset.maintenance_warranty_start)]
        for task in tasks:
            start = task["start"]
            if isinstance(start, tuple):
                start = installed and Date.add(min(installed), **{STEPS[start[1]]: start[0]})
            if start:
                days.append(start)
        if not days and installed:
            days = [min(installed)]
        return min(days, default=None)

    def _make_templates(self, jobs):
        entries = []
        for how_often, tasks in jobs:
            values = {
                **self._prepare_job(tasks),
                "expected_hours": sum(task["hours"] for task in tasks),
                "category_ids": [Command.set(self._get_assets(tasks).category_id.ids)],
            }
            entries.append((tasks[0]["row"], self._name_job("Template", tasks, how_often), values))
        made = self.make(self.env["maintenance.job.template"], entries)
        self._count_further_tasks(jobs, "Template", made)

    def _count_further_tasks(self, jobs, sheet, made):
        """Rows that are tasks of a job before them come in, or stay out, with it."""
        for how_often, tasks in jobs:
            if self._name_job(sheet, tasks, how_often) in made:
                self.counts["Job"]["details"] += len(tasks) - 1
                continue
            for task in tasks[1:]:
                self.refuse(task["row"], self.env._("Row %s of the same job is refused.", tasks[0]["row"].number))
