"""The workshop's models in Keras layers. Nothing in here knows TensorFlow by hand."""
