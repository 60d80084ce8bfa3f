"""Names that somebody else chose: nothing leaves the folder, nothing is lost in it."""

import pytest

from cubewatch.model.artifact_path import Parts, Taken, UnsafePathError, numbered

REFUSED = [
    "",
    " ",
    ".",
    "./",
    "..",
    "../x",
    "a/../x",
    "a/..",
    "a/../../x",
    "..\\x",
    "a\\..\\..\\x",
    "..\\../x",
    "/",
    "/etc/passwd",
    "//server/share/x",
    "\\x",
    "\\\\server\\share\\x",
    "\\\\?\\C:\\x",
    "C:",
    "c:x",
    "a:b",
    "C:\\x",
    "C:/x",
    "~/x",
    "~root/.bashrc",
    "...",
    "a/.../x",
    "a/.. /x",
    "a/ ../x",
    "a/. ./x",
    "a/ /x",
    "a/..\t/../x",
    "\uff0e\uff0e/x",
    "\u2025/x",
    "a/",
    "dist\\",
    "a/" * 40 + "x",
    "/".join(["n" * 170] * 7),
]

MENDED = [
    ("./dist/app", ("dist", "app")),
    ("dist//app", ("dist", "app")),
    ("dist/./app", ("dist", "app")),
    ("dist\\app", ("dist", "app")),
    ("a\x00b", ("a␀b",)),
    ("a\nb\r", ("a␊b␍",)),
    ("\x1b]0;x\x07", ("␛]0;x␇",)),
    ("a\u202egpj.exe", ("a\ufffdgpj.exe",)),
    ("a\u200bb", ("a\ufffdb",)),
    ("a\ud800b", ("a\ufffdb",)),
    ("a\x9b31m", ("a\ufffd31m",)),
    ("..\x00", ("..␀",)),
    ("nul", ("_nul",)),
    ("NUL.txt", ("_NUL.txt",)),
    ("con .tar.gz", ("_con .tar.gz",)),
    ("aux/x", ("_aux", "x")),
    ("COM1", ("_COM1",)),
    ("lpt¹.x", ("_lpt¹.x",)),
    ("CONOUT$", ("_CONOUT$",)),
    ("app.", ("app_",)),
    ("app ", ("app_",)),
    ("dir./x ", ("dir_", "x_")),
    ("ab:c", ("ab_c",)),
    ("x/C:/y", ("x", "C_", "y")),
    ("app.exe::$DATA", ("app.exe__$DATA",)),
    ('<a>|"b"?*', ("_a___b___",)),
    ("dist/shop-*.tgz", ("dist", "shop-_.tgz")),
    (".app.part", ("_.app.part",)),
    (".app.PART.info", ("_.app.PART.info",)),
]

KEPT = ["dist/app.tar.gz", ".env", "-rf", "~backup", "отчёт.html", "a b", "%2e%2e%2fx", "👩‍💻.txt"]


@pytest.mark.parametrize("path", REFUSED)
def test_a_path_that_leads_elsewhere_is_refused(path: str) -> None:
    with pytest.raises(UnsafePathError, match=r"^[a-z ,]+$"):
        Taken().place(path)


@pytest.mark.parametrize(("path", "parts"), MENDED)
def test_an_awkward_path_is_mended(path: str, parts: Parts) -> None:
    assert Taken().place(path) == parts


@pytest.mark.parametrize("path", KEPT)
def test_an_ordinary_path_stays_as_it_is(path: str) -> None:
    assert "/".join(Taken().place(path)) == path


@pytest.mark.parametrize(
    ("paths", "last"),
    [
        (["app", "app"], "app (2)"),
        (["app.tar.gz"] * 3, "app (3).tar.gz"),
        (["README", "readme"], "readme (2)"),
        (["stra\u00dfe", "STRASSE"], "STRASSE (2)"),
        (["caf\u00e9.txt", "cafe\u0301.txt"], "cafe\u0301 (2).txt"),
        (["\u212bngstr\u00f6m", "\u00c5NGSTR\u00d6M"], "\u00c5NGSTR\u00d6M (2)"),
        (["\ufb01le", "file"], "file (2)"),
        (["dist", "dist/app"], "dist (2)/app"),
        (["dist/app", "dist"], "dist (2)"),
        (["dist/app", "DIST"], "DIST (2)"),
        (["Dist", "dist/app", "dist/app"], "dist (2)/app (2)"),
        (["a/b", "a/b/c", "a/b/d"], "a/b (2)/d"),
        (["x (2)", "x", "x"], "x (3)"),
        (["a.", "a_"], "a_ (2)"),
        (["nul", "_NUL"], "_NUL (2)"),
    ],
)
def test_what_is_taken_gets_a_number(paths: list[str], last: str) -> None:
    taken = Taken()
    placed = [taken.place(path) for path in paths]
    assert "/".join(placed[-1]) == last
    assert len(set(placed)) == len(placed)


def test_names_of_cubes_are_as_hostile_as_paths() -> None:
    assert Taken().place("x", ("a/b", "#clone", "nul")) == ("a_b", "#clone", "_nul", "x")
    for name in ("..", "", ".", " ."):
        with pytest.raises(UnsafePathError):
            Taken().place("x", ("w", name))


def test_long_names_are_cut_and_told_apart() -> None:
    taken = Taken()
    first, second = (taken.place(f"{'я' * 300}{end}.tar.gz")[0] for end in "ab")
    assert first != second
    assert first.endswith(".tar.gz")
    assert max(len(name.encode()) for name in (first, second)) <= 180


def test_a_number_stands_before_the_suffix() -> None:
    assert [numbered(name, 2) for name in ("a", ".env", "a.b", "v1.2.3 x")] == [
        "a (2)", ".env (2)", "a (2).b", "v1.2.3 x (2)"
    ]  # fmt: skip
