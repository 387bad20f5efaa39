"""An analysis of incidents as text, JSON, HTML and PDF: the same sections in each."""

from kintsugi.formats.analysis.blocks import Input
from kintsugi.formats.analysis.data import analysis_data
from kintsugi.formats.analysis.html import write_analysis_html
from kintsugi.formats.analysis.pdf import write_analysis_pdf
from kintsugi.formats.analysis.sections import sections_of
from kintsugi.formats.analysis.text import analysis_text

__all__ = [
    "Input",
    "analysis_data",
    "analysis_text",
    "sections_of",
    "write_analysis_html",
    "write_analysis_pdf",
]
