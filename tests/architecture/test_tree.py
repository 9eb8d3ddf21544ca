"""The tree: where packages and tests may lie so that every tool finds them."""

from architecture.packages import ROOT, SOURCES


def test_every_folder_of_a_package_is_a_package() -> None:
    folders = {path.parent for package, source in SOURCES.items() for path in (source / package).rglob("*.py")}
    bare = [str(folder.relative_to(ROOT)) for folder in folders if not (folder / "__init__.py").exists()]
    # Alembic loads its migrations by their path.
    assert [folder for folder in bare if "/migrations" not in folder] == []


def test_no_test_folder_is_a_package() -> None:
    # tests/ is on the path, so a package there named email would hide the standard library's.
    assert [str(path.relative_to(ROOT)) for path in (ROOT / "tests").rglob("__init__.py")] == []
