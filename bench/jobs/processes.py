"""The pool of this machine: so many processes at a time."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed

from bench.jobs.crew import Crew, Died
from bench.jobs.job import Answer, Job
from bench.jobs.pool import ATTEMPTS
from bench.jobs.same_program import environment, settings


class Processes:
    """Processes of this machine; a thread waits for each. They end with the ``with`` block.

    Args:
        jobs: at a time.
    """

    beside = True

    def __init__(self, jobs: int) -> None:
        self.jobs, self.fewer = jobs, f"--jobs {jobs}: give fewer at a time"
        self.crew = Crew(environment(settings()))

    def __enter__(self) -> "Processes":
        return self

    def __exit__(self, *_: object) -> None:
        self.crew.close()

    def answers(self, jobs: Mapping[int, Job]) -> Iterator[tuple[int, Answer]]:
        """Yield them as they come; the job of a process that dies is given to another."""
        with ThreadPoolExecutor(self.jobs) as threads:
            number_of = {threads.submit(self._tried, job): number for number, job in jobs.items()}
            try:
                for future in as_completed(number_of):
                    yield number_of[future], future.result()
            except BaseException:  # nobody wants the others: no thread may wait for them
                for future in number_of:
                    future.cancel()
                self.crew.close()
                raise

    def _tried(self, job: Job) -> Answer:
        how = ""
        for _ in range(ATTEMPTS):
            try:
                return self.crew.do(job)
            except Died as death:
                how = str(death)
        return {"killed": how}
