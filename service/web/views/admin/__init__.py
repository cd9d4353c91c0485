"""Administration: what keeps an installation in step with its house, without a file being edited."""

from service.web.views.admin import overview, registers, staff, units

BLUEPRINTS = (overview.pages, units.pages, staff.pages, registers.pages)
