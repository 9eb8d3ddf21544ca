"""Pure folds: a set of events or evidence in, one value out, whatever the order and repetition."""
