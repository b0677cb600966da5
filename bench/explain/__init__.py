"""What Keras hides of a model, concept by concept. Nothing in here needs TensorFlow."""
