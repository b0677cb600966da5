"""How a batch is cut among replicas, and what follows from it; no TensorFlow is needed to know."""

from collections.abc import Sequence

from bench.errors import UserError
from bench.specs import Config

MEANS = "a batch of {} is cut into {}: the loss is a mean of the replicas' means"
MASKS = "every replica draws the same mask of dropout for its part"
NORMS = "batch norm has the mean and variance of each replica's part (synchronized=False)"


def parts(size: int, replicas: int) -> tuple[int, ...]:
    """Return how many samples of a batch each replica has, as ``tf.distribute`` cuts it.

    >>> parts(45, 2), parts(1, 2)
    ((23, 22), (1, 0))
    """
    share = -(-size // replicas)
    return tuple(max(0, min(share, size - replica * share)) for replica in range(replicas))


def batch_sizes(config: Config, n: int) -> list[int]:
    """Return the sizes of the batches of a training on n samples, each once."""
    if config.sampling == "replacement":
        return [config.batch_size]
    sizes = [min(config.batch_size, n), n % config.batch_size]
    return [size for size in dict.fromkeys(sizes) if size]


def check_parts(config: Config, n: int, replicas: int) -> None:
    """Check that no replica of a ConvNet is left without a sample.

    A dense layer of no sample is nothing, and its gradient zero. TensorFlow's convolution that is
    fused with what follows it refuses such a batch, and batch norm makes no number of it.

    Raises:
        UserError: one is.
    """
    for size in batch_sizes(config, n) if config.spec.filters else ():
        if 0 in parts(size, replicas):
            raise UserError(
                f"a batch of {size} leaves one of {replicas} replicas without a sample, and a "
                "convolution of none fails: choose another --batch-size or --limit"
            )


def two_programs(config: Config, sizes: Sequence[Sequence[int]], keras: bool) -> tuple[str, ...]:
    """Return why replicas do not train as one device does; nothing where they do.

    Args:
        config: the model.
        sizes: samples of each replica, for each size of batch.
        keras: whether it is Keras that counts.
    """
    uneven = [size for size in sizes if len(set(size)) > 1]
    why = [NORMS] if config.spec.batch_norm else []
    if keras and config.spec.dropout_rate:
        why.append(MASKS)
    if keras and uneven:
        why.append(MEANS.format(sum(uneven[0]), " and ".join(map(str, uneven[0]))))
    return tuple(why)
