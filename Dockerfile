# Odoo 19 with this module and its bridges on the addons path: docker build -t keepwisely_maintenance:19.0 .
# The official image brings what labels and PDFs need (wkhtmltopdf, a drawing backend for reportlab). Its entry point reads
# HOST, USER and PASSWORD of PostgreSQL. .dockerignore lets in the modules and nothing else.
FROM odoo:19.0
COPY . /mnt/extra-addons/
