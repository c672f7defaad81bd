"""Forms: published versions, which of them are offered, and the files that seed them."""
