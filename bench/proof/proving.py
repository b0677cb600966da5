"""The proofs of raw engines behind one Keras engine, each done once in a run."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor

from bench.proof.lockstep import Parity
from bench.proof.parity_record import parity_of, parity_record
from bench.records.reading import Record
from bench.records.writing import Store
from bench.specs import Config

Walk = Callable[[Config, Sequence[str]], list[Parity]]


def proofs(
    store: Store,
    exact: ProcessPoolExecutor,
    pair: Config,
    engines: Sequence[str],
    walk: Walk,
    tell: Callable[[Parity], None] = lambda proof: None,
) -> Iterator[tuple[Record, Parity]]:
    """Yield a proof of each engine, and its record: an earlier sitting's where it has them all.

    Args:
        store: where the proofs go.
        exact: a process that may be put into exact mode.
        pair: the dials of both sides, whatever its raw engine.
        engines: the raw engines.
        walk: called in ``exact`` with the pair and the engines; returns a proof of each.
        tell: called with each proof that is new, before it is stored.
    """
    earlier = [
        record
        for engine in engines
        for record in store.earlier("parity", config=pair.but(engine=engine).to_dict())
    ]
    if len(earlier) == len(engines):
        yield from ((record, parity_of(record)) for record in earlier)
        return
    for proof in exact.submit(walk, pair, engines).result():
        tell(proof)
        yield store.append("parity", **parity_record(proof)), proof
