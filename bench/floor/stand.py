"""What is timed for the floor: the products by themselves, a large one, and the engines beside."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any, NamedTuple

from bench import twins
from bench.floor.arms import ALL, EACH, ENGINE_ARMS, GATHERED, LARGE, LARGE_SIZE, PRODUCTS
from bench.floor.products import MATMUL, Product, gathering, megabytes, products_of
from bench.floor.ways import LIBRARIES, Task, tasks_of
from bench.host.built_here import BuiltHere
from bench.records.reading import AGAIN, Record
from bench.specs import Config
from bench.timing.blocks import Work, settle
from bench.timing.runners import clocked, train_runner
from bench.timing.samples import ModelData
from bench.timing.segments import LEAST_STEPS
from bench.timing.slices import Pace, Runner, Slice, Slices, step_seconds

MOST_TIMES, MOST_MEGABYTES = 8, 64
"""How often a call does a product, and how large the operands of all calls may be."""


class Looked(NamedTuple):
    """What a first look found: each product by each library, all of them by each, and the arms."""

    products: list[Record]
    ways: dict[str, float]
    step_seconds: dict[str, float]


@dataclass(frozen=True)
class TimesRunner:
    """Walks work that is worth several steps: what a slice asks for is rounded up to them."""

    works: Sequence[Work]
    times: int

    def take(self, steps: int) -> Slice:
        """Do the work as often as it takes for so many steps."""
        calls = -(-steps // self.times)
        work = partial(self._walk, calls)
        return Slice(clocked(work), calls * self.times)

    def _walk(self, calls: int) -> None:
        for _ in range(calls):
            for work in self.works:
                work()

    def close(self) -> None:
        """Hold nothing."""


@dataclass
class FloorStand:
    """The arms of a floor: a stand of ``bench.timing.blocks``.

    Attributes:
        config: of the model.
        data: what the engines train on, and batches are gathered from.
        libraries: of each product, the gathering and the large one, in that order.
        way: how those of a step are done: ``EACH`` by its own library, or all by one.
        pace: how long slices are.
    """

    config: Config
    data: ModelData
    libraries: Sequence[str] = ()
    way: str = EACH
    pace: Pace = field(default_factory=lambda: Pace({}, 2, 0))
    _built: BuiltHere[str, Any] = field(default_factory=BuiltHere)

    @property
    def arms(self) -> list[str]:
        """The names of the arms."""
        return list(ALL)

    def open(self) -> Slices:
        """Build every arm, and let each take its first steps."""
        runners = self._floors() | {
            arm: self._engine(arm, self.pace.step_seconds[arm]) for arm in self.engine_arms
        }
        slices = Slices({arm: runners[arm] for arm in ALL}, self.pace)
        slices.warm_up()
        return slices

    @property
    def engine_arms(self) -> list[str]:
        """The names of those that train."""
        return [*ENGINE_ARMS, next(iter(ENGINE_ARMS)) + AGAIN]

    def look(self) -> Looked:
        """Return the fastest way to do each product and all, and about what a step of each takes.

        One library for all of a step may win over the fastest for each: their threads are in each
        other's way.
        """
        found = [self._raced(product) for product in self.every_product]
        self.libraries, ways = [each["library"] for each in found], {}
        for way in (EACH, *LIBRARIES):
            if works := self._of_step(way):
                ways[way] = step_seconds(TimesRunner(works, self._times(self.every_product[0])))
        self.way = min(ways, key=ways.__getitem__)
        settle()
        seconds = {arm: step_seconds(runner) for arm, runner in self._floors().items()}
        for arm in ENGINE_ARMS:
            runner = self._engine(arm, 0.0)
            seconds[arm] = step_seconds(runner)
            runner.close()
        first = next(iter(ENGINE_ARMS))
        return Looked(found, ways, seconds | {first + AGAIN: seconds[first]})

    @property
    def every_product(self) -> list[Product]:
        """Those of a step, then the gathering of its batch, then the large one."""
        return self._built.once("products", self._products)

    def _products(self) -> list[Product]:
        square = (LARGE_SIZE, LARGE_SIZE)
        large = Product(MATMUL, (square, square), square, 2 * LARGE_SIZE**3)
        return [*products_of(self.config), gathering(len(self.data.train.x), self.config), large]

    def _raced(self, product: Product) -> Record:
        """Return a product, what each library takes for it, and which is the fastest."""
        tasks, seconds = self._tasks(product), {}
        for library, do in LIBRARIES.items():
            if work := do(tasks):
                seconds[library] = step_seconds(TimesRunner([work], len(tasks)))
        library = min(seconds, key=seconds.__getitem__)
        return asdict(product) | {"name": product.name, "library": library, "seconds": seconds}

    def _tasks(self, product: Product) -> list[Task]:
        return tasks_of(product, self._times(product), self.data.train.x)

    def _times(self, product: Product) -> int:
        """Return how often a call does what is in a step; the large product is none of it."""
        if product is self.every_product[-1]:
            return 1
        largest = max(map(megabytes, self.every_product[:-2]))
        return max(1, min(MOST_TIMES, int(MOST_MEGABYTES / largest)))

    def _floors(self) -> dict[str, Runner]:
        """Return what walks the products, those and the gathering, and the large one."""
        return self._built.once("floors", self._make_floors)

    def _make_floors(self) -> dict[str, Runner]:
        times, of_step = self._times(self.every_product[0]), self._of_step(self.way)
        gather, large = (
            self._works([product], library)
            for product, library in zip(self.every_product[-2:], self.libraries[-2:], strict=True)
        )
        return {
            PRODUCTS: TimesRunner(of_step, times),
            GATHERED: TimesRunner([*gather, *of_step], times),
            LARGE: TimesRunner(large, 1),
        }

    def _of_step(self, way: str) -> list[Work]:
        """Return what does the products of a step: each by its fastest, or all by one library."""
        of_step = self.every_product[:-2]
        if way != EACH:
            return self._works(of_step, way)
        both = zip(of_step, self.libraries, strict=False)
        return [work for product, library in both for work in self._works([product], library)]

    def _works(self, products: Sequence[Product], library: str) -> list[Work]:
        """Return the one call in which a library does some products; none where it cannot."""
        work = LIBRARIES[library]([task for each in products for task in self._tasks(each)])
        return [work] if work else []

    def _engine(self, arm: str, seconds: float) -> Runner:
        """Return what trains an engine in slices; built once, its copy by itself."""
        impl, name, xla = ENGINE_ARMS[arm.removesuffix(AGAIN)]
        dial = {"engine": name} if impl == "raw" else {"keras_engine": name}
        config = self.config.but(xla=xla, **dial)
        make: Callable[..., Any] = twins.raw_engine if impl == "raw" else twins.keras_engine
        engine = self._built.once(arm, lambda: make(config, twins.initial_weights(config)))
        n = max(len(self.data.train.x), LEAST_STEPS * config.batch_size)
        return train_runner(engine, name, *self.data.train.first(n), config, seconds)


def paced(step_seconds: Mapping[str, float], rounds: int, seed: int) -> Pace:
    """Return the pace of a stand; its arms in their order."""
    return Pace({arm: step_seconds[arm] for arm in ALL}, rounds, seed)
