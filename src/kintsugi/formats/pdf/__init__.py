"""A postmortem as a PDF, set by typst (the extra `pdf`)."""

from kintsugi.formats.pdf.document import PdfIsNotInstalled, write_pdf

__all__ = ["PdfIsNotInstalled", "write_pdf"]
