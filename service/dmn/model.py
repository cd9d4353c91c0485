"""A DMN file read into a model: decisions, what they need, and their compiled expressions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from service.feel import Expression, FeelType, UnaryTests
from service.feel.compiler import Compiler

from . import table
from .boxed import NOTHING, Reader, boxed_child, is_feel, read_function, typed
from .errors import DmnRefused, Fault
from .itemtypes import component_names, imported_types, read_types, type_named
from .table_reader import read_table
from .xmltree import Element, child, children, id_of, line_of, local, name_of, read_tree

MAX_ROW = 200
DRG_ELEMENTS = frozenset({"decision", "inputData", "businessKnowledgeModel", "decisionService"})


@dataclass(frozen=True, slots=True)
class Need:
    """A requirement: the element's id, in the model of `namespace` (own one when empty), seen as `name` or `prefix.name`."""

    id: str
    namespace: str = ""


@dataclass(frozen=True, slots=True)
class Hidden:
    """Names that are not seen: all of `elements` except those `seen`."""

    elements: frozenset[str] = frozenset()
    seen: frozenset[str] = frozenset()

    def __contains__(self, name: object) -> bool:
        return name in self.elements and name not in self.seen


NOTHING_HIDDEN = Hidden()


@dataclass(frozen=True, slots=True)
class InputData:
    """A value from outside."""

    id: str
    name: str
    type: FeelType | None


@dataclass(frozen=True, slots=True)
class DecisionDef:
    """A decision with its expression; `needs` are inputs, decisions and knowledge.

    `hidden` are the other elements of the file: without a requirement a decision does not see them, nor variables of
    their names. `expression` is None for a decision that people make. `name` is what expressions call its result (the
    variable's name), `title` what people call the decision.
    """

    id: str
    name: str
    title: str
    type: FeelType | None
    needs: tuple[Need, ...]
    expression: Expression | None
    hidden: Hidden


@dataclass(frozen=True, slots=True)
class KnowledgeDef:
    """A business knowledge model: an expression that gives its function."""

    id: str
    name: str
    type: FeelType | None
    needs: tuple[Need, ...]
    expression: Expression


@dataclass(frozen=True, slots=True)
class ServiceDef:
    """A decision service: output decisions, computed from its inputs."""

    id: str
    name: str
    type: FeelType | None
    outputs: tuple[Need, ...]
    encapsulated: tuple[Need, ...]
    input_decisions: tuple[Need, ...]
    input_data: tuple[Need, ...]


Definition = InputData | DecisionDef | KnowledgeDef | ServiceDef


@dataclass(slots=True)
class Model:
    """One file. `prefixes` maps the namespaces it imports to the names they have in its expressions.

    `properties` are the names its values may have entries of. `notes` are things that are allowed and probably not meant.
    """

    file_name: str
    name: str
    namespace: str
    types: dict[str, FeelType]
    elements: dict[str, Definition]
    imports: Mapping[str, Model] = field(default_factory=dict)
    prefixes: Mapping[str, str] = field(default_factory=dict)
    properties: frozenset[str] = frozenset()
    notes: list[Fault] = field(default_factory=list)

    def find(self, need: Need) -> tuple[Model, Definition] | None:
        """The element a requirement points at and the model it is in."""
        model = self if need.namespace in {"", self.namespace} else self.imports.get(need.namespace)
        element = model.elements.get(need.id) if model is not None else None
        return (model, element) if model is not None and element is not None else None

    def visible_name(self, need: Need) -> str:
        """What expressions of this model call a required element."""
        found = self.find(need)
        name = found[1].name if found is not None else need.id
        prefix = self.prefixes.get(need.namespace, "") if need.namespace != self.namespace else ""
        return f"{prefix}.{name}" if prefix else name


class ModelReader:
    """One reading of one file; collects all faults before refusing. Unless `strict`, what cannot be read is null."""

    def __init__(self, xml: bytes, file_name: str, imports: Mapping[str, Model], *, strict: bool = True) -> None:
        self.strict = strict
        self.root = read_tree(xml, file_name)
        self.file_name = file_name
        self.faults: list[Fault] = []
        self.model = Model(file_name, name_of(self.root), self.root.get("namespace") or "", {}, {})
        imported = self._read_imports(imports)
        self.model.types.update(read_types(self.root, imported, self.complain))
        self.by_id: dict[str, Element] = {}

    def complain(self, element: Element, message: str) -> None:
        """Remember a fault."""
        self.faults.append(Fault(id_of(element), line_of(element), message))

    def _read_imports(self, known: Mapping[str, Model]) -> dict[str, FeelType]:
        types: dict[str, FeelType] = {}
        models: dict[str, Model] = {}
        prefixes: dict[str, str] = {}
        for element in children(self.root, "import"):
            namespace = element.get("namespace") or ""
            prefix = name_of(element)
            if "spec/DMN" not in (element.get("importType") or "spec/DMN"):
                continue
            if namespace not in known:
                self.complain(element, f"filen importerer '{namespace}', som ikke er med")
                continue
            models[namespace] = known[namespace]
            prefixes[namespace] = prefix
            types |= imported_types(known[namespace].types, prefix)
        self.model.imports, self.model.prefixes = models, prefixes
        return types

    def read(self) -> Model:
        """The model, or DmnRefused with every fault (when not strict, the faults are notes)."""
        language = self.root.get("expressionLanguage")
        if language and not is_feel(language):
            self.complain(self.root, f"udtrykssproget '{language}' understøttes ikke; brug FEEL")
        elements = [element for element in self.root if isinstance(element.tag, str) and local(element) in DRG_ELEMENTS]
        for element in elements:
            self._name_element(element)
        self.variable_names = frozenset(self._variable_name(element) for element in elements)
        inherited = (imported.properties for imported in self.model.imports.values())
        self.model.properties = frozenset(component_names(self.root)).union(*inherited)
        for element in elements:
            made = self._definition(element)
            self.model.elements[made.id] = made
        self._check_cycles()
        if self.faults and self.strict:
            raise DmnRefused(self.file_name, self.faults)
        self.model.notes += self.faults
        return self.model

    def _name_element(self, element: Element) -> None:
        key = _key(element)
        if not name_of(element):
            self.complain(element, "elementet mangler et navn")
        if key in self.by_id:
            self.complain(element, f"id'et '{key}' bruges to gange")
        self.by_id[key] = element

    def _definition(self, element: Element) -> Definition:
        key, name = _key(element), self._variable_name(element)
        kind = self._declared_type(element)
        match local(element):
            case "inputData":
                return InputData(key, name, kind)
            case "decision":
                needs = self._needs(element)
                hidden = self._hidden(name, needs)
                expression = self._decision_expression(element, needs)
                self._note_oddities(element, expression, hidden)
                return DecisionDef(key, name, name_of(element) or name, kind, needs, expression, hidden)
            case "businessKnowledgeModel":
                needs = self._needs(element)
                return KnowledgeDef(key, name, kind, needs, self._knowledge_expression(element, key, needs))
        return ServiceDef(
            key,
            name,
            kind,
            self._references(element, "outputDecision"),
            self._references(element, "encapsulatedDecision"),
            self._references(element, "inputDecision"),
            self._references(element, "inputData"),
        )

    @staticmethod
    def _variable_name(element: Element) -> str:
        variable = child(element, "variable")
        return (name_of(variable) if variable is not None else "") or name_of(element)

    def _declared_type(self, element: Element) -> FeelType | None:
        variable = child(element, "variable")
        wanted = type_named(variable.get("typeRef")) if variable is not None else None
        if variable is not None and wanted is not None and wanted.ref and wanted.ref not in self.model.types:
            self.complain(variable, f"typen '{wanted.ref}' findes ikke i filen")
            return None
        return wanted

    # -- requirements ------------------------------------------------------------------------------------------------

    def _hidden(self, own: str, needs: tuple[Need, ...]) -> Hidden:
        seen = {self._variable_name(self.by_id[need.id]) for need in needs if not need.namespace}
        return Hidden(self.variable_names, frozenset({own, *seen}))

    def _note_oddities(self, element: Element, expression: Expression | None, hidden: Hidden) -> None:
        notes = self.model.notes
        if expression is None:
            told = "beslutningen har hverken udtryk eller tabel; dens værdi skal komme med variablerne"
            notes.append(Fault(id_of(element), line_of(element), told))
            return
        for name in sorted(name for name in expression.names if name in hidden):
            told = f"beslutningen læser '{name}', men kræver den ikke (der mangler en pil i diagrammet); den er derfor null"
            notes.append(Fault(id_of(element), line_of(element), told))

    def _needs(self, element: Element) -> tuple[Need, ...]:
        found: list[Need] = []
        for requirement in element:
            if local(requirement) in {"informationRequirement", "knowledgeRequirement"}:
                for part in ("requiredInput", "requiredDecision", "requiredKnowledge"):
                    found += self._references(requirement, part)
        return tuple(found)

    def _references(self, element: Element, name: str) -> tuple[Need, ...]:
        found = []
        for reference in children(element, name):
            need = self._need(reference)
            if need is not None:
                found.append(need)
        return tuple(found)

    def _need(self, reference: Element) -> Need | None:
        href = reference.get("href") or ""
        namespace, _, key = href.rpartition("#")
        need = Need(key, "" if namespace == self.model.namespace else namespace)
        known = key in self.by_id if not need.namespace else self.model.find(need) is not None
        if not known:
            self.complain(reference, f"henvisningen '{href}' peger på noget, der ikke findes")
            return None
        return need

    def _check_cycles(self) -> None:
        lengths: dict[str, int] = {}

        def length(key: str, path: tuple[str, ...]) -> int:
            """How many decisions stand in the longest row of requirements that begins here."""
            element = self.model.elements.get(key)
            if key in lengths or not isinstance(element, DecisionDef):
                return lengths.get(key, 0)
            if key in path:
                names = " → ".join(self.model.elements[step].name for step in (*path[path.index(key) :], key))
                self.complain(self.by_id[key], f"beslutningerne kræver hinanden i ring: {names}")
                return 0
            below = 0
            if len(path) < MAX_ROW:
                below = max((length(need.id, (*path, key)) for need in element.needs if not need.namespace), default=0)
            lengths[key] = below + 1
            if len(path) == MAX_ROW or lengths[key] == MAX_ROW + 1:
                self.complain(self.by_id[key], f"mere end {MAX_ROW} beslutninger kræver hinanden på række")
            return lengths[key]

        for key in list(self.model.elements):
            length(key, ())

    # -- expressions -------------------------------------------------------------------------------------------------

    def _reader(self, needs: Iterable[Need]) -> Reader:
        names: set[str] = set()
        properties = set(self.model.properties)
        for need in needs:
            if need.namespace:
                found = self.model.find(need)
                prefix = self.model.prefixes.get(need.namespace, "")
                if found is not None:
                    names.add(prefix or found[1].name)
                    properties.add(found[1].name)
            else:
                names.add(self._variable_name(self.by_id[need.id]))
        return Reader(frozenset(names), frozenset(properties), self.model.types, self.complain, read_table)

    def _decision_expression(self, element: Element, needs: tuple[Need, ...]) -> Expression | None:
        reader = self._reader(needs)
        if all(local(part) not in _EXPRESSIONS for part in element):
            return None  # a decision people make; its value comes with the variables
        variable = child(element, "variable")
        node = boxed_child(element, reader)
        if variable is not None and not self._unknown(variable):
            node = typed(node, variable.get("typeRef"), variable, reader)
        return self._compile(element, node, reader)

    def _unknown(self, variable: Element) -> bool:
        wanted = type_named(variable.get("typeRef"))
        return wanted is not None and bool(wanted.ref) and wanted.ref not in self.model.types

    def _knowledge_expression(self, element: Element, key: str, needs: tuple[Need, ...]) -> Expression:
        reader = self._reader((*needs, Need(key)))
        logic = child(element, "encapsulatedLogic")
        if logic is None:
            self.complain(element, "vidensmodellen mangler sin logik")
            return self._compile(element, NOTHING, reader)
        return self._compile(element, read_function(logic, reader), reader)

    def _compile(self, element: Element, node: object, reader: Reader) -> Expression:
        compiler = Compiler(reader.names)
        try:
            run = compiler.compile(node)  # type: ignore[arg-type] # boxed readers give nodes
        except RecursionError:
            self.complain(element, "udtrykket er indlejret i for mange lag")
            run = compiler.compile(NOTHING)
        return Expression(name_of(element), node, compiler, run)  # type: ignore[arg-type]


_TABLES_COMPILE = table  # importing it teaches the compiler decision tables
_EXPRESSIONS = frozenset(
    {"literalExpression", "context", "list", "relation", "invocation", "functionDefinition", "decisionTable"}
    | {"conditional", "filter", "for", "some", "every"}
)


def _key(element: Element) -> str:
    return element.get("id") or name_of(element)


__all__ = [
    "DecisionDef",
    "Definition",
    "InputData",
    "KnowledgeDef",
    "Model",
    "ModelReader",
    "Need",
    "ServiceDef",
    "UnaryTests",
]
