"""What each setting is worth for each engine, and the best of them, from the stored blocks. Pure.

Two processes of one setting differ a little by themselves, by where their memory lies. The control
says how far: the process as it comes beside another such process. What a dial is worth is known no
better than that, so every interval is widened by the reach of the control of its engine.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from math import inf, log

from bench.dials.dials import AS_IT_COMES, Setting
from bench.dials.words import advice
from bench.records.reading import Record
from bench.records.slices import step_seconds
from bench.specs import ENGINES
from bench.stats.batch_means import BatchedRatio, batched_ratio_of
from bench.stats.intervals import Ratio, mean_of
from bench.stats.verdicts import FASTER, INCONCLUSIVE, judge
from bench.timing.ratios import widened

CONTROL, DIAL, COMBINATION = "control", "dial", "combination"
SAME_BITS, WITHIN_NOISE = "same_bits", "within_noise"
CRITERIA = (SAME_BITS, WITHIN_NOISE)

Blocks = Mapping[str, Sequence[Record]]


def summary(stands: Sequence[Record], blocks: Blocks) -> Record:
    """Return what each setting is worth, what is best for each engine, and what to do.

    Args:
        stands: one a setting, all of one model, as ``bench.dials.measure`` stores them.
        blocks: of each stand, by the name of its setting.
    """
    (control,) = (stand for stand in stands if stand["role"] == CONTROL)
    errors = control_errors(control, blocks[control["pair"]])
    tried = [stand for stand in stands if stand["role"] != CONTROL]
    effects = [each for stand in tried for each in effects_of(stand, blocks[stand["pair"]], errors)]
    plain = list(as_they_come(control, blocks[control["pair"]], errors))
    idle = [block.get("idle_share") or 0.0 for own in blocks.values() for block in own]
    record = {
        **{key: control[key] for key in ("model", "config", "margin", "precision", "facts")},
        "reference": control["reference_engine"],
        "not_at_hand": control["not_at_hand"],
        "control": [
            {"engine": engine, **asdict(ratio_in(control, blocks[control["pair"]], engine))}
            for engine in engines_in(control)
        ],
        "plain": plain,
        "effects": effects,
        "left_out": [
            {"setting": stand["pair"], "engine": engine, "why": why}
            for stand in tried
            for engine, why in stand["left_out"].items()
        ],
        "best": {criterion: best(effects, plain, criterion) for criterion in CRITERIA},
        "idle_share": max(idle, default=0.0),
    }
    return record | {"advice": advice(record)}


def known(record: Record) -> bool:
    """Return whether of any setting something is known."""
    return any(effect["word"] != INCONCLUSIVE for effect in record["effects"])


def engines_in(stand: Record) -> list[str]:
    """Return the engines that are timed in the setting of a stand."""
    return [arm["engine"] for arm in stand["arms"] if arm["turned"]]


def ratio_in(stand: Record, blocks: Sequence[Record], engine: str, of: str = "") -> BatchedRatio:
    """Return how many times as fast an engine is in a setting as it comes, or as another does."""
    names = {(arm["engine"], arm["turned"]): arm["arm"] for arm in stand["arms"]}
    pair = names[of or engine, False], names[engine, True]
    return batched_ratio_of(*([step_seconds(block, arm) for block in blocks] for arm in pair))


def control_errors(control: Record, blocks: Sequence[Record]) -> dict[str, float]:
    """Return how far two processes of one setting may lie apart, in logarithms, by engine."""
    return {engine: _reach(ratio_in(control, blocks, engine)) for engine in engines_in(control)}


def width(stand: Record, blocks: Sequence[Record]) -> float:
    """Return the width of the widest interval of a stand."""
    return max(ratio_in(stand, blocks, engine).width for engine in engines_in(stand))


def effects_of(
    stand: Record, blocks: Sequence[Record], errors: Mapping[str, float]
) -> Iterator[Record]:
    """Yield what a setting is worth for each engine."""
    for engine in engines_in(stand):
        ratio = widened(ratio_in(stand, blocks, engine), errors.get(engine, inf))
        verdict = judge(ratio, (), stand["margin"])
        yield {
            "setting": stand["pair"],
            "role": stand["role"],
            "dials": stand["dials"],
            "engine": engine,
            "us_as_it_comes": _us(stand, blocks, engine, turned=False),
            "us": _us(stand, blocks, engine, turned=True),
            **asdict(ratio),
            "word": verdict.word,
            "why": verdict.why,
            **stand["proofs"][engine],
            "against_reference": _against(stand, blocks, engine, errors),
        }


def as_they_come(
    control: Record, blocks: Sequence[Record], errors: Mapping[str, float]
) -> Iterator[Record]:
    """Yield each engine without any dial, in the form of an effect."""
    for engine in engines_in(control):
        yield {
            "setting": AS_IT_COMES,
            "dials": [],
            "engine": engine,
            "us": _us(control, blocks, engine, turned=False),
            "ratio": 1.0,
            **dict.fromkeys(CRITERIA, True),
            "against_reference": _against(control, blocks, engine, errors),
        }


def best(
    effects: Sequence[Record], plain: Sequence[Record], criterion: str
) -> dict[str, Record | None]:
    """Return by engine the setting that helps most and keeps to a criterion, then the fastest.

    ``raw`` and ``keras`` are the fastest engine of either side, in its best setting.
    """
    by_engine = {each["engine"]: each for each in plain}
    for effect in effects:
        before = by_engine.get(effect["engine"])
        helps = effect[criterion] and effect["word"] == FASTER
        if helps and (before is None or effect["ratio"] > before["ratio"]):
            by_engine[effect["engine"]] = effect
    sides = {"raw": _fastest(by_engine, "raw"), "keras": _fastest(by_engine, "keras")}
    return {**by_engine, **sides}


def combinations(effects: Sequence[Record]) -> dict[Setting, list[str]]:
    """Return every setting of several dials that helped, each by itself, with its engines.

    Of the values of a dial the best is taken; those of each criterion are a setting of their own.
    """
    wanted: dict[Setting, list[str]] = {}
    for criterion in CRITERIA:
        for engine in dict.fromkeys(effect["engine"] for effect in effects):
            own = [e for e in effects if e["engine"] == engine and e["role"] == DIAL]
            setting = _together(e for e in own if e[criterion] and e["word"] == FASTER)
            engines = wanted.setdefault(setting, [])
            if len(setting.dials) > 1 and engine not in engines:
                engines.append(engine)
    return {setting: engines for setting, engines in wanted.items() if engines}


def _together(helped: Iterable[Record]) -> Setting:
    by_kind: dict[str, Record] = {}
    for effect in sorted(helped, key=lambda each: each["ratio"]):
        (dial,) = effect["dials"]
        by_kind[dial["kind"]] = dial
    return Setting.from_list([by_kind[kind] for kind in sorted(by_kind)])


def _fastest(by_engine: Mapping[str, Record], impl: str) -> Record | None:
    own = [each for each in by_engine.values() if ENGINES[each["engine"]].impl == impl]
    return max(own, key=lambda each: each["against_reference"]["ratio"], default=None)


def _against(
    stand: Record, blocks: Sequence[Record], engine: str, errors: Mapping[str, float]
) -> Record:
    """Return how many times as fast an engine in a setting is as the reference as it comes."""
    ratio = ratio_in(stand, blocks, engine, stand["reference_engine"])
    ratio = widened(ratio, errors.get(engine, inf))
    return {"ratio": ratio.ratio, "low": ratio.low, "high": ratio.high}


def _us(stand: Record, blocks: Sequence[Record], engine: str, turned: bool) -> float:
    (arm,) = (a["arm"] for a in stand["arms"] if (a["engine"], a["turned"]) == (engine, turned))
    return 1e6 * mean_of([step_seconds(block, arm) for block in blocks]).mean


def _reach(ratio: Ratio) -> float:
    """Return how far from 1 a ratio may be."""
    return max(-log(ratio.low), log(ratio.high)) if ratio.low > 0 else inf
