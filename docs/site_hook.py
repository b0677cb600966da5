"""What MkDocs is told when ``make docs`` builds the site: the tree of the checkout, as it is.

Every page lies on the site where it lies in the checkout, so that a link that works there works
here, and none of them is written twice.
"""

import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

PAGES = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/**/*.md", "reports/**/*.md")
BESIDES = ("docs/examples/*.py", "docs/site.css", "reports/**/*.svg")
_FOLD = re.compile(r"^<details>$", re.MULTILINE)


def on_files(files: Files, config: Any) -> Files:
    """Return the files of the checkout that are pages, or shown on one, and the theme's own."""
    root = Path(config.config_file_path).parent
    whole = Files([each for each in files if each.src_dir != config.docs_dir])
    for path in sorted(path for pattern in (*PAGES, *BESIDES) for path in root.glob(pattern)):
        name = path.relative_to(root).as_posix()
        whole.append(File.generated(config, name, abs_src_path=str(path)))
    return whole


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Let what is folded be Markdown, as it is on GitHub."""
    return _FOLD.sub('<details markdown="1">', markdown)
