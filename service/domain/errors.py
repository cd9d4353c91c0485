"""Everything that can go wrong in words that people see. A class's docstring is its message, with fields in braces.

Danish, because users read it. The web turns `status` into the HTTP status of the answer; `code` names the refusal.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from service.domain.definitions import Finding


class ForloebError(Exception):
    """Noget gik galt."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "INVALID_ARGUMENT"

    def __init__(self, **fields: object) -> None:
        self.fields = fields
        doc = (type(self).__doc__ or "").strip()
        super().__init__(doc.format(**fields))


class NotFound(ForloebError):
    """Det findes ikke (længere): {what}."""

    status, code = 404, "NOT_FOUND"


class Forbidden(ForloebError):
    """Du har ikke rettigheder til dette: {what}."""

    status, code = 403, "FORBIDDEN"


class TaskMovedOn(ForloebError):
    """Opgaven er allerede løst eller ikke længere aktuel. Intet er ændret, og det, du skrev, står her stadig."""

    status, code = 409, "INVALID_STATE"


class Stale(ForloebError):
    """Sagen er ændret, mens du arbejdede. Intet er gemt endnu, og det, du skrev, står her stadig. Prøv igen."""

    status, code = 409, "STALE"


class EntryChanged(Stale):
    """{who} har ændret det samme, mens du arbejdede. Intet er gemt endnu, og det, du skrev, står her stadig."""


class WrongState(ForloebError):
    """Det kan ikke lade sig gøre nu: {why}."""

    status, code = 409, "INVALID_STATE"


class FormInvalid(ForloebError):
    """Der er fejl i skemaet. Ret de markerede felter."""

    code = "FORM_INVALID"

    def __init__(self, errors: dict[str, str]) -> None:
        """`errors`: field path → Danish sentence."""
        self.errors = errors
        super().__init__()


class DeploymentRefused(ForloebError):
    """Filerne kan ikke sættes i drift."""

    code = "DEPLOYMENT_REFUSED"

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__()

    def __str__(self) -> str:
        lines = [
            f"{f.file}{f':{f.line}' if f.line else ''}{f' [{f.element_id}]' if f.element_id else ''}: {f.message}"
            for f in self.findings
        ]
        return "\n".join(["Filerne kan ikke sættes i drift:", *lines])


class DecisionEvaluationFailed(ForloebError):
    """Beslutningen {decision} kunne ikke afgøres: {why}"""


class EngineFailed(ForloebError):
    """Forløbet kunne ikke gå videre: {why}"""

    status, code = 500, "INTERNAL"


class BadInput(ForloebError):
    """{why}"""


class LeaseLost(ForloebError):
    """Arbejdet er overtaget af en anden proces."""

    status, code = 409, "INVALID_STATE"


class SetupFault(ForloebError):
    """{why}"""

    status, code = 500, "INTERNAL"
