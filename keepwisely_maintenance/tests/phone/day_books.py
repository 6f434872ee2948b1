import hashlib
from collections import defaultdict

#: What differs between the same day on a phone and at a desk, by model, and why.
DIFFERENT = {
    # who wrote a row down, and when; codes and numbers as they were drawn
    "": {"id", "create_uid", "create_date", "write_uid", "write_date", "parent_path"},
    "maintenance.request": {"reference"},
    "maintenance.equipment": {"maintenance_number", "scan_token"},
    "maintenance.meter": {"code"},
    "mail.message": {"message_id", "parent_id"},
    "product.product": {"product_tmpl_id"},
    "res.users": {"login"},
    # approvers can wait from then on only
    "maintenance.requisition": {"name", "date_submitted"},
    # nobody can know that a part has left its shelf before the phone says so; what it was charged to is compared by itself
    "stock.move": {"date", "cost_date", "analytic_account_line_ids"},
    "stock.move.line": {"date"},
    # by it a reading that comes twice is known
    "maintenance.meter.reading": {"external_id"},
}


def is_of_sending(row):
    """Whether a row is of the day when the phone had a signal: the cost of parts, and what the system tells people."""
    if row._name == "maintenance.cost.report":
        return row.kind == "part"
    if row._name == "account.analytic.line":
        return not row.maintenance_labor_id
    return row._name == "mail.message" and row.message_type != "comment" and not row.attachment_ids


#: What hangs on work orders, by the field that says which; the rows of one work order are in the order of the day.
OF_JOBS = {
    "maintenance.task": "maintenance_request_id",
    "maintenance.labor": "maintenance_request_id",
    "stock.move": "maintenance_request_id",
    "stock.move.line": "move_id.maintenance_request_id",
    "maintenance.requisition": "line_ids.maintenance_request_id",
    "maintenance.requisition.line": "maintenance_request_id",
    "maintenance.downtime": "maintenance_request_id",
    "maintenance.request.phase": "maintenance_request_id",
}

#: The same, in no order.
ON_JOBS = {
    "maintenance.cost.report": "maintenance_request_id",
    "maintenance.cost.entry": "maintenance_request_id",
    "mail.activity": "res_id",
    "mail.message": "res_id",
    "mail.tracking.value": "mail_message_id.res_id",
    "ir.attachment": "res_id",
}


class DayBooks:
    """All that a day has left, in words that are the same for the same day of somebody else."""

    def _read_books(self, jobs, account, *others):
        """Every stored field of ``jobs``, of ``others`` and of what hangs on them.

        :param account: what the jobs are charged to.
        :param others: records of people, assets and products; they are named by their place, as the jobs are.
        :returns: ``{model: [{field: value}]}``
        """
        self.names, self.numbers = {}, {}
        jobs = jobs.sudo().with_context(active_test=False, lang=None)
        for number, job in enumerate(jobs, 1):
            for text in (job.reference, job.reference.replace("/", "-"), f"/maintenance/report/{job.id}/"):
                self.numbers[text] = f"<job {number}>"
        for records in (jobs, account, *others):
            self._name(records.sudo())
        meters = jobs.equipment_id.meter_ids.sorted("id")
        found = {"maintenance.meter": meters, "maintenance.meter.reading": meters.reading_ids.sorted("id")}
        self._name(*found.values())
        for model, field in OF_JOBS.items():
            # job by job: two were not done in one order, and their rows are in that of their ids
            rows = [self._find(jobs, model, field, job) for job in jobs]
            found[model] = self.env[model].sudo().concat(*rows)
            self._name(found[model])
        files = self._find(jobs, "ir.attachment", "res_id", jobs)
        self.names |= {(files._name, file.id): file.checksum for file in files}
        messages = self._find(jobs, "mail.message", "res_id", jobs)
        self.names |= {(messages._name, message.id): self._say_which(jobs._name, message.res_id) for message in messages}
        self.numbers |= {requisition.name: "<requisition>" for requisition in found["maintenance.requisition"]}
        books = {model: [self._describe(row) for row in rows] for model, rows in found.items()}
        for model, field in ON_JOBS.items():
            rows = [self._describe(row) for row in self._find(jobs, model, field, jobs)]
            books[model] = sorted(rows, key=repr)
        items = jobs.env["account.analytic.line"].search([("auto_account_id", "in", account.ids)])
        books[items._name] = sorted((self._describe(item) for item in items), key=repr)
        for records in (jobs, *others):
            books[records._name] = [self._describe(row) for row in records.sudo()]
        return books

    def _find(self, jobs, model, field, of):
        rows = jobs.env[model]
        on = {"mail.message": "model", "mail.tracking.value": "mail_message_id.model"}.get(model, "res_model")
        domain = [(on, "=", jobs._name)] if field.endswith("res_id") else []
        return rows.search([*domain, (field, "in", of.ids)], order="id")

    def _name(self, *several):
        """Say of records which of them they are, instead of their ids."""
        for records in several:
            for number, record in enumerate(records, 1):
                self.names[record._name, record.id] = f"{record._name} {number}"

    def _describe(self, row):
        different = DIFFERENT[""] | DIFFERENT.get(row._name, set()) | ({"date"} if is_of_sending(row) else set())
        return {
            name: self._say(row, field)
            for name, field in row._fields.items()
            if field.store and field.type != "one2many" and name not in different
        }

    def _say(self, row, field):
        value = row[field.name]
        if field.type in ("many2one", "many2many"):
            return sorted(self._say_which(record._name, record.id) for record in value)
        if field.type == "many2one_reference":
            return self._say_which(row[field.model_field], value)
        if field.name == "analytic_distribution" and value:
            return {self._say_which("account.analytic.account", int(account)): share for account, share in value.items()}
        if field.type == "binary":
            return value and hashlib.sha256(value).hexdigest()
        if field.type in ("float", "monetary"):
            return round(value, 6)
        if isinstance(value, str):
            for number, words in self.numbers.items():
                value = value.replace(number, words)
        return value

    def _say_which(self, model, record_id):
        return self.names.get((model, record_id), f"{model}({record_id})")

    def _assert_same_books(self, books, others):
        """Of whatever differs it is told which row, which field and both values."""
        wrong = defaultdict(list)
        for model, rows in books.items():
            if len(rows) != len(others[model]):
                wrong[model].append((len(rows), len(others[model])))
                wrong[model] += [row for row in rows if row not in others[model]][:3]
                wrong[model] += [row for row in others[model] if row not in rows][:3]
                continue
            for number, (row, other) in enumerate(zip(rows, others[model], strict=True), 1):
                differ = [name for name in row if row[name] != other[name]]
                wrong[model] += [f"{number}: {name}: {row[name]!r}, at a desk {other[name]!r}" for name in differ]
        told = "\n".join(f"{model}: {line}" for model, lines in wrong.items() for line in lines)
        self.assertFalse(told)
