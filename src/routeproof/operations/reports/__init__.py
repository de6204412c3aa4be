"""A report on evidence: one page for product, platform and finance, as HTML or Markdown."""
