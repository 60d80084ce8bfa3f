"""The rows of the workflows: a box for each, its inputs below while it is ticked."""

from collections.abc import Callable, Iterator
from functools import cached_property, partial
from typing import TYPE_CHECKING

from cubewatch.model.draft import WORKFLOWS, workflow_field
from cubewatch.model.form_state import FormState, WorkflowField, adding_field
from cubewatch.model.secrecy import looks_secret
from cubewatch.text.sanitize import inert
from cubewatch.ui.screens.compose import texts
from cubewatch.ui.screens.compose.choice_rows import TickRow
from cubewatch.ui.screens.compose.rows import FormRow
from cubewatch.ui.screens.compose.text_row import TextRow

if TYPE_CHECKING:
    from cubewatch.ui.screens.compose.input_rows import InputRows


class AddingRow(TextRow):
    """A row whose text becomes a row of its own."""

    def __init__(
        self,
        field: str,
        read: Callable[[], str],
        write: Callable[[str], None],
        commit: Callable[[], bool],
        *,
        label: str,
        placeholder: str,
        hint: str,
    ) -> None:
        super().__init__(field, label, read, write, placeholder=placeholder, hint=hint)
        self._commit = commit

    def commit(self) -> bool:
        """Make a row of what is typed, if it is complete. Returns whether it was."""
        if done := self._commit():
            self.reload()
        return done

    def take(self) -> bool:
        """A value is hidden as soon as its name looks like that of a secret."""
        is_new = super().take()
        name, equals, _ = self.input.value.partition("=")
        self.input.password = bool(equals) and looks_secret(name)
        return is_new


class WorkflowRows:
    """The rows of all workflows. A row is made when it is first needed and then kept, so that text
    and focus survive unticking and a config that comes late."""

    def __init__(self, state: FormState) -> None:
        self._state = state
        self._rows: dict[str, FormRow] = {}
        self.adding = AddingRow(
            adding_field(""),
            lambda: state.adding,
            lambda text: setattr(state, "adding", text),
            self._add_workflow,
            label="",
            placeholder=texts.ADDING_WORKFLOW,
            hint=texts.ADDING_WORKFLOW_HINT,
        )

    @cached_property
    def _inputs(self) -> "InputRows":
        """The rows of inputs, which are loaded for the first of them."""
        from cubewatch.ui.screens.compose.input_rows import InputRows

        return InputRows()

    def rows(self) -> Iterator[FormRow]:
        """All rows that are needed now, in order, with what they show brought up to date."""
        label = texts.WORKFLOWS
        for workflow in self._state.workflows.values():
            yield self._tick(workflow, label)
            label = ""
            if workflow.ticked or adding_field(workflow.name) in self._rows:
                for row in self._below(workflow):
                    row.display = workflow.ticked
                    yield row
        self.adding.set_label(label)
        yield self.adding

    def row(self, field: str) -> FormRow | None:
        """The row in which a problem with `field` can be solved; None if it is not here."""
        row = self._rows.get(field) or self._inputs.known(field)
        kind, _, rest = field.partition("/")
        if row or kind == "inputs":
            return row or self._rows.get(adding_field(rest.partition("\0")[0]), self.adding)
        if kind != WORKFLOWS:
            return None
        return next(self.rows()) if field == WORKFLOWS else self.adding

    def _tick(self, workflow: WorkflowField, label: str) -> TickRow:
        field = workflow_field(workflow.name)
        row = self._rows.get(field)
        if not isinstance(row, TickRow):
            name = inert(workflow.name)
            row = TickRow(
                field,
                label,
                name,
                workflow.ticked,
                partial(self._write, workflow.name, "ticked"),
            )
            self._rows[field] = row
        row.set_label(label)
        row.set_ticked(workflow.ticked)
        row.set_note(texts.workflow_note(self._state, workflow))
        row.hint = texts.workflow_hint(self._state, workflow)
        return row

    def _below(self, workflow: WorkflowField) -> Iterator[FormRow]:
        """The rows of a workflow's inputs, and the one that adds another."""
        for one in workflow.inputs.values():
            yield self._inputs.row(workflow.name, one)
        field = adding_field(workflow.name)
        if field not in self._rows:
            self._rows[field] = AddingRow(
                field,
                lambda: self._state.workflow(workflow.name).adding,
                partial(self._write, workflow.name, "adding"),
                partial(self._add_input, workflow.name),
                label=texts.ADDING_INPUT_LABEL,
                placeholder=texts.ADDING_INPUT,
                hint=texts.adding_input_hint(workflow),
            )
        yield self._rows[field]

    def _write(self, workflow: str, attribute: str, value: object) -> None:
        """Write to the workflow by its name: one that no config knew for a while has a new object,
        but keeps its row."""
        setattr(self._state.workflow(workflow), attribute, value)

    def _add_workflow(self) -> bool:
        name = self._state.adding.strip()
        if not name:
            return False
        self._state.adding = ""
        self._state.workflow(name, "hand").ticked = True
        return True

    def _add_input(self, workflow_name: str) -> bool:
        workflow = self._state.workflow(workflow_name)
        added = workflow.added()
        if added is None:
            return False
        workflow.adding = ""
        name, value = added
        one = workflow.input(name)
        one.value = value
        row = self._inputs.row(workflow.name, one)
        if isinstance(row, TextRow):
            row.reload()
        return True
