"""The texts of the demo's logs: what compilers, tests and rollouts write."""

from collections.abc import Callable, Iterator
from random import Random

from cubewatch.demo.figures import Figure, Kind
from cubewatch.model.status import CANCELED, FAILED, TIMEOUT

Pieces = Iterator[str]

_RED, _GREEN, _YELLOW, _CYAN, _DIM, _BOLD, _OFF = (
    f"\x1b[{code}m" for code in ("31", "32", "33", "36", "2", "1", "0")
)
_PACKAGES = ("cart", "catalog", "checkout", "delivery", "gift", "ledger", "search", "stock", "vat")
_FILES = ("handler.go", "store.go", "price.go", "rounding.go", "queue.go")
_CASES = ("Empty", "OneItem", "TwoCurrencies", "HalfCents", "ExpiredCard", "Retry", "Скидка")
_STEPS = (
    "корзина сохраняется после входа",
    "pays with a stored card",
    "shows what is left on a gift card",
    "finds what is spelled wrong",
    "возврат денег на карту",
    "keeps the cart when the network goes",
    "rounds VAT to whole cents",
)


def write(cube: str, known: Figure, outcome: str, rng: Random) -> Pieces:
    """Generates the log of a cube, in the pieces in which it is written; most are a line."""
    yield f"{_DIM}runner 2.14.0, 4 CPU, 8 GB{_OFF}\n"
    yield "REGISTRY_TOKEN=***\n"
    yield from _writer(cube, known.kind)(cube, rng)
    if outcome == FAILED:
        yield from _failure(cube, known.kind, rng)
        yield f"{_RED}{_BOLD}ERROR{_OFF} {cube}: exit code 1\n"
    elif outcome == TIMEOUT:
        yield f"{_RED}ERROR{_OFF} {cube}: stopped, it ran longer than max_cube_duration\n"
    elif outcome != CANCELED:
        for path in known.artifacts:
            yield f"artifact {path}: {rng.randint(40, 9000)} KB\n"
        yield f"{_GREEN}Готово{_OFF}: exit code 0\n"


def _writer(cube: str, kind: Kind) -> Callable[[str, Random], Pieces]:
    if cube == "#git-clone":
        return _clone
    if cube.startswith("#prepare-image"):
        return _pull
    return _WRITERS[kind]


def _bar(what: str, rng: Random, total: int) -> Pieces:
    """A progress bar that draws itself over and over on one line."""
    share = 0
    while share < 100:
        share = min(100, share + rng.randint(2, 9))
        yield f"\r{what}: {share:3}% ({total * share // 100}/{total})"
    yield ", done.\n"


def _clone(cube: str, rng: Random) -> Pieces:
    yield "Cloning into '/shop'...\n"
    yield f"remote: Enumerating objects: {rng.randint(4000, 9000)}, done.\n"
    yield from _bar("Receiving objects", rng, rng.randint(4000, 9000))
    yield from _bar("Resolving deltas", rng, rng.randint(1000, 3000))
    yield f"HEAD is now at {rng.getrandbits(28):07x} Новая корзина: считаем скидки на сервере\n"


def _pull(cube: str, rng: Random) -> Pieces:
    for _ in range(rng.randint(4, 7)):
        layer = f"{rng.getrandbits(48):012x}"
        yield f"{layer}: Pulling fs layer\n"
        yield from _bar(f"{layer}: Downloading", rng, rng.randint(3, 90))
    yield f"Digest: sha256:{rng.getrandbits(256):064x}\n"


def _steps(cube: str, rng: Random) -> Pieces:
    yield f"{_BOLD}+ ./ci/{cube.strip('#')}{_OFF}\n"
    for number in range(1, rng.randint(12, 20)):
        yield f"step {number:2}: {rng.choice(_PACKAGES)} ok in {rng.randint(3, 400)} ms\n"


def _build(cube: str, rng: Random) -> Pieces:
    yield f"{_BOLD}+ go build ./cmd/...{_OFF}\n"
    yield from _bar("go: downloading modules", rng, 214)
    for _ in range(90):
        yield f"shop/internal/{rng.choice(_PACKAGES)}/{rng.choice(_FILES)}\n"
    yield f"{_YELLOW}предупреждение{_OFF}: price.go:88: значение не используется\n"


def _tests(cube: str, rng: Random) -> Pieces:
    yield f"{_BOLD}+ go test -race ./...{_OFF}\n"
    for number in range(700):
        package = rng.choice(_PACKAGES)
        test = f"Test{package.title()}{rng.choice(_CASES)}/case_{number:03}"
        yield f"=== RUN   {test}\n"
        yield f"{_GREEN}--- PASS{_OFF}: {test} ({rng.uniform(0, 0.2):.2f}s)\n"
        if number % 70 == 69:
            yield f"ok  \tshop/internal/{package}\t{rng.uniform(0.1, 3):.3f}s\n"


def _lint(cube: str, rng: Random) -> Pieces:
    for _ in range(40):
        place = f"internal/{rng.choice(_PACKAGES)}/{rng.choice(_FILES)}:{rng.randint(4, 400)}"
        yield f"{_CYAN}{place}{_OFF}: checked\n"
    yield f"{_YELLOW}warning{_OFF}: 2 findings are older than the baseline\n"


def _pack(cube: str, rng: Random) -> Pieces:
    yield from _bar("Packages", rng, 1184)
    for name in ("index", "cart", "checkout", "vendor", "корзина"):
        size = f"{rng.uniform(2, 400):8.2f} kB"
        yield f"build/{name}-{rng.getrandbits(32):08x}.js {size} {_DIM}│ gzip{_OFF}\n"


def _browser(cube: str, rng: Random) -> Pieces:
    yield "Running 84 tests using 4 workers\n\n"
    for number in range(1, 85):
        spec = f"{cube}.spec.ts:{rng.randint(10, 300)}"
        title = rng.choice(_STEPS)
        seconds = f"{_DIM}({rng.uniform(0.3, 6):.1f}s){_OFF}"
        yield f"  {_GREEN}✓{_OFF} {number:3} [chromium] › {spec} › {title} {seconds}\n"


def _container(cube: str, rng: Random) -> Pieces:
    for step in range(1, 15):
        yield f"#{step} [build {step}/14] RUN make {rng.choice(_PACKAGES)}\n"
        yield f"#{step} {rng.uniform(0.1, 2):.3f} cached layer {rng.getrandbits(48):012x}\n"
        yield f"#{step} {_CYAN}DONE{_OFF} {rng.uniform(0.1, 4):.1f}s\n"
    yield from _bar("#15 pushing layers", rng, 61)


def _rollout(cube: str, rng: Random) -> Pieces:
    for ready in range(1, 13):
        yield f'Waiting for deployment "shop" rollout: {ready} of 12 updated replicas\n'
    yield 'deployment "shop" successfully rolled out\n'


def _load(cube: str, rng: Random) -> Pieces:
    for second in range(0, 600, 2):
        done = second * rng.randint(38, 42)
        yield f"\rrunning ({second // 60}m{second % 60:02}s), 50/50 VUs, {done} complete"
        if second % 20 == 0:
            yield f"\n  http_req_duration p(95)={rng.uniform(80, 240):.1f}ms  checks 100.00%\n"
    yield "\n"


def _failure(cube: str, kind: Kind, rng: Random) -> Pieces:
    """The lines of a failure, with a stack trace."""
    if kind == "browser":
        yield from _browser_failure(cube, rng)
        return
    package = rng.choice(_PACKAGES)
    yield f"{_RED}panic: runtime error: index out of range [3] with length 3{_OFF}\n\n"
    yield "goroutine 41 [running]:\n"
    for name in ("Total", "Apply", "Handle", "ServeHTTP"):
        yield f"shop/internal/{package}.(*Service).{name}(0xc{rng.getrandbits(36):09x})\n"
        yield f"\t/shop/internal/{package}/{rng.choice(_FILES)}:{rng.randint(10, 300)} +0x1d4\n"
    yield f"{_RED}FAIL{_OFF}\tshop/internal/{package}\t{rng.uniform(0.2, 2):.3f}s\n"


def _browser_failure(cube: str, rng: Random) -> Pieces:
    title = f"[chromium] › {cube}.spec.ts:118 › оплата картой"
    yield f"  {_RED}✘{_OFF}  85 {title} {_DIM}(30.0s){_OFF}\n\n"
    yield f"    {_RED}Error: Timed out 30000ms waiting for expect(locator).toBeVisible(){_OFF}\n\n"
    yield "    Locator: getByRole('button', { name: 'Оплатить' })\n"
    yield f"    {_DIM}> 118 |   await expect(page.getByRole('button')).toBeVisible();{_OFF}\n"
    for line in (118, 64, 12):
        yield f"        at pay (/shop/e2e/{cube}.spec.ts:{line}:{rng.randint(3, 40)})\n"
    yield f"\n  {_RED}1 failed{_OFF}\n  {_GREEN}84 passed{_OFF}\n"


_WRITERS: dict[Kind, Callable[[str, Random], Pieces]] = {
    "steps": _steps,
    "build": _build,
    "tests": _tests,
    "lint": _lint,
    "pack": _pack,
    "browser": _browser,
    "container": _container,
    "rollout": _rollout,
    "load": _load,
}
