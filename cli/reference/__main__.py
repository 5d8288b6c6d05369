"""`make docs`: write the pages and pictures that follow from the template."""

from collections.abc import Callable
from pathlib import Path

from cli.cost import page as cost
from cli.reference import architecture, configuration, dashboard, deploy_role, licences
from paths import ROOT

PAGES: dict[Path, Callable[[], str]] = {
    architecture.PAGE: architecture.page,
    ROOT / "docs" / "configuration.md": configuration.page,
    ROOT / "docs" / "cost.md": cost.page,
    ROOT / "docs" / "licences.md": licences.page,
    deploy_role.PAGE: deploy_role.page,
    ROOT / "docs" / "images" / "dashboard.svg": dashboard.picture,
}


def main() -> None:
    """Write each page that is not as it ought to be."""
    for path, text in PAGES.items():
        if not path.exists() or path.read_text() != text():
            path.write_text(text())
            print(f"wrote {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
