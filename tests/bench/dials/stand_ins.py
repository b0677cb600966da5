"""Workers of ``gvk tune`` that need no TensorFlow: what a dial is worth in them is known."""

import json
import os
import signal

from bench.dials.dials import INTER, INTRA, ONEDNN
from tests.bench.timing.clocked_arms import Sleeping

FACTORY = "tests.bench.dials.stand_ins:arms"
SECONDS = {"step": 0.004, "epoch": 0.002, "session": 0.003, "fit": 0.008}
WORTH = {INTER: 2.0, INTRA: 0.5, ONEDNN: 1.25}
"""How many times as fast every engine is with that variable set; XLA is worth 4 to a step."""
FACTS = {"onednn": False, "inter-op": 2, "intra-op": 2, "schedulable": 2, "physical": 2}


class StandIns:
    def __init__(self, xla):
        self.xla = xla
        self.turned = {name for name in WORTH if os.environ.get(name)}

    def facts(self):
        return FACTS

    def train(self, arm):
        if self.xla and arm == "epoch":
            os.kill(os.getpid(), signal.SIGKILL)

    def save(self, arm, path):
        with open(path, "w") as file:
            json.dump({"onednn": ONEDNN in self.turned, "xla": self.xla}, file)

    def compared(self, arm, path):
        with open(path) as file:
            ended = json.load(file)
        ulp = 100 * ended["onednn"] + 10_000 * ended["xla"]
        return {"tensor": "dense_1/kernel", "max_ulp": ulp, "max_relative": ulp * 1e-7,
                "same_bits": ulp == 0, "within_noise": ulp < 10_000}  # fmt: skip

    def prepare(self, arm):
        worth = 4.0 if self.xla else 1.0
        for name in self.turned:
            worth *= WORTH[name]
        return Sleeping(SECONDS[arm] / worth)

    def close(self):
        pass


def arms(config, dataset, limit, xla):
    return StandIns(xla)
