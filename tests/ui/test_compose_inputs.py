"""The rows of inputs: what they show of a config, and what they send."""

from textual.events import Paste

from cubewatch.model.config import CiConfig, InputSpec, WorkflowSpec
from cubewatch.model.draft import Draft, WorkflowDraft
from cubewatch.model.form_state import InputField
from cubewatch.ui.screens.compose.form import Form as Fields
from cubewatch.ui.screens.compose.input_rows import InputRows
from tests.support.compose import Form, ScriptedPlace, ready, shows, until
from tests.ui.snapshots import screen_text

REGIONS = tuple(f"region-{name}" for name in ("one", "two", "three", "four", "five"))


def form_with(*inputs: InputSpec) -> Form:
    """A form that has `w` ticked, with these inputs; the first of them is the fifth field."""
    config = CiConfig((WorkflowSpec("w", inputs),))
    draft = Draft(workflows=(WorkflowDraft("w"),))
    return Form(draft, place=ScriptedPlace(config, []))


def line_with(app: Form, label: str) -> str:
    """The row of an input as it is on screen."""
    return next(line for line in screen_text(app).splitlines() if label in line)


TO_INPUT = ("down", "down", "down")


def values(app: Form) -> list[tuple[str, str]]:
    request = app.screen.query_one(Fields).state.checked().so_far
    assert request
    return [(one.name, one.value) for one in request.workflows[0].values]


async def test_an_option_may_be_called_like_what_is_said_of_none() -> None:
    tls = InputSpec("TLS", required=True, options=("required", "(not sent)", "choose one"))
    async with form_with(tls).run_test() as pilot:
        app = await ready(pilot)
        await shows(pilot, "○ required ○ (not sent) ○ choose one  choose one")
        await pilot.press(*TO_INPUT)
        for option in tls.options:
            await pilot.press("space")
            await shows(pilot, f"● {option}")
            assert values(app) == [("TLS", option)]
        await pilot.press("backspace")
        await shows(pilot, "○ choose one  choose one")
        assert values(app) == []


async def test_from_nothing_a_step_to_the_left_is_the_last_option() -> None:
    async with form_with(InputSpec("LEVEL", options=("low", "mid", "high"))).run_test() as pilot:
        app = await ready(pilot)
        await shows(pilot, "○ low ○ mid ○ high  (not sent)")
        await pilot.press(*TO_INPUT, "left")
        await shows(pilot, "● high")
        assert values(app) == [("LEVEL", "high")]


async def test_more_options_than_fit_are_a_list() -> None:
    spec = InputSpec("REGION", default="region-one", options=REGIONS)
    async with form_with(spec).run_test() as pilot:
        app = await ready(pilot)
        await shows(pilot, "default region-one · ctrl+space: all 5")
        await pilot.press(*TO_INPUT, "ctrl+space", "down", "down")
        await shows(pilot, "│›region-two")
        assert all(region in screen_text(app) for region in REGIONS)
        await pilot.press("enter")
        await until(pilot, lambda: values(app) == [("REGION", "region-two")])
        await pilot.press("up", "ctrl+u", *"mars")
        await shows(pilot, "REGION must be one of: region-one, region-two")


async def test_false_can_be_said_where_nothing_comes_by_itself() -> None:
    spec = InputSpec("DRY_RUN", type="boolean", required=True)
    async with form_with(spec).run_test() as pilot:
        app = await ready(pilot)
        await shows(pilot, "DRY_RUN is required")
        await pilot.press(*TO_INPUT, "left")
        await shows(pilot, "[ ] false")
        assert values(app) == [("DRY_RUN", "false")]


async def test_a_long_default_is_shown_as_far_as_it_fits() -> None:
    specs = (InputSpec("LONG", default="x" * 300), InputSpec("SPACED", default="to be " * 50))
    async with form_with(*specs).run_test() as pilot:
        app = await ready(pilot)
        await shows(pilot, "default xxx")
        for label, shown in (("LONG", "default xxx"), ("SPACED", "default to be to be to")):
            row = line_with(app, label)
            assert shown in row
            assert row.rstrip(" │").endswith("…")


async def test_the_default_of_what_looks_secret_is_not_shown() -> None:
    async with form_with(InputSpec("API_TOKEN", default="hunter2")).run_test() as pilot:
        app = await ready(pilot)
        await pilot.press(*TO_INPUT)
        await shows(pilot, "API_TOKEN · default •••")
        assert "hunter2" not in screen_text(app)


async def test_in_a_value_of_many_lines_the_cursor_stays_in_sight() -> None:
    async with form_with(InputSpec("NOTES")).run_test() as pilot:
        app = await ready(pilot)
        await pilot.press(*TO_INPUT)
        app.post_message(Paste("\n".join(f"line\tno {number}" for number in range(30))))
        await shows(pilot, "line␉no 28␊line␉no 29")
        await pilot.press("Q")
        await shows(pilot, "␊line␉no 29Q")
        await pilot.press("home")
        await shows(pilot, "NOTES      line␉no 0␊line␉no 1␊")


def test_inputs_whose_names_have_slashes_are_kept_apart() -> None:
    rows = InputRows()
    assert rows.row("a/b", InputField("c")) is not rows.row("a", InputField("b/c"))


async def test_a_secret_is_hidden_in_a_list_too() -> None:
    async with form_with(InputSpec("API_TOKEN", options=REGIONS)).run_test() as pilot:
        app = await ready(pilot)
        await pilot.press(*TO_INPUT, *"hunter2")
        await until(pilot, lambda: values(app) == [("API_TOKEN", "hunter2")])
        assert "hunter2" not in screen_text(app)
