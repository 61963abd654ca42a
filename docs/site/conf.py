"""Sphinx settings. Formulas become MathML while the pages are built: no script, no network."""

from docutils.nodes import SkipNode
from latex2mathml.converter import convert

import strikeproof

_SHARED = {"Calibration", "Greeks", "TwoAssetGreeks", "Violation"}

project = "strikeproof"
copyright = "the strikeproof authors, MIT licence"  # noqa: A001 (Sphinx's name)
version = release = strikeproof.__version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_enable_extensions = ["dollarmath", "colon_fence"]
myst_heading_anchors = 3
# Pages of docs/ link to files of the repository, which are not pages.
# Attributes of one name on several classes have no single target.
suppress_warnings = ["myst.xref_missing", "myst.header", "ref.python"]
default_role = "literal"
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True
autodoc_typehints = "none"
autodoc_member_order = "bysource"
html_theme = "furo"
html_title = f"strikeproof {release}"
html_show_sphinx = False
html_copy_source = False
html_static_path = ["style"]
html_css_files = ["pages.css"]
html_math_renderer = "mathml"


def _formula(display):
    def visit(self, node):
        self.body.append(convert(node.astext(), display=display))
        raise SkipNode

    return visit


def _shown_elsewhere(app, what, name, obj, skip, options):
    """Leave out results that several modules share: python/shared documents them once."""
    del what, name, options
    if (
        app.env.current_document.docname != "python/shared"
        and getattr(obj, "__name__", "") in _SHARED
    ):
        return True
    return skip


def setup(app):
    """Register the renderer of formulas and the rule of shared results."""
    app.add_html_math_renderer("mathml", (_formula("inline"), None), (_formula("block"), None))
    app.connect("autodoc-skip-member", _shown_elsewhere)
