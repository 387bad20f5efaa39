"""Pictures as SVG, drawn by pure functions: the same in a page, in HTML and in a PDF."""

from kintsugi.formats.svg.dependencies import dependencies_svg
from kintsugi.formats.svg.fault_tree import fault_tree_svg
from kintsugi.formats.svg.timeline import timeline_svg
from kintsugi.formats.svg.why_tree import why_tree_svg, why_tree_svgs

__all__ = ["dependencies_svg", "fault_tree_svg", "timeline_svg", "why_tree_svg", "why_tree_svgs"]
