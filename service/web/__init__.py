"""WHO SEES WHAT: pages and what they take, with no rules of their own."""
