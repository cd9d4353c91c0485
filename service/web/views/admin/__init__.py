"""Administration: what keeps an installation in step with its house, without a file being edited."""

from service.web.views.admin import calendar, overview, registers, rules, staff, units

BLUEPRINTS = (overview.pages, units.pages, staff.pages, calendar.pages, rules.pages, registers.pages)
