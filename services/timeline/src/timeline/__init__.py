"""One timeline per customer: folds events into interactions, matches them to customers, stores and serves them."""
