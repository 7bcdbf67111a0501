"""How Sphinx builds the documentation; run it with ``make docs``."""

from __future__ import annotations

from importlib.metadata import version as installed_version

project = "oneclick_deploy"
author = "The oneclick_deploy authors"
copyright = author
release = version = installed_version("oneclick-deploy")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"oneclick_deploy {release}"
html_copy_source = False

# Docstrings name things of the library in single backticks. A name that is not documented is shown
# as code, without a warning.
default_role = "py:obj"
add_module_names = False
python_maximum_signature_line_length = 80
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_class_signature = "mixed"
napoleon_numpy_docstring = False

# Links such as [a heading](page.md#heading).
myst_heading_anchors = 3
