"""Mistakes that are made by hand and that Keras does not let you make, planted and measured."""
