"""Many answer at once; the same is sent several times at once."""

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode
from urllib.request import Request

from tests.drills.environment import DrillEnvironment
from tests.drills.people import QUESTION, People, Person, Shown


def answer_at_once(environment: DrillEnvironment, workers: int, clients: int, each: int) -> Shown:
    """R2: what is kept is what was acknowledged."""
    environment.start(WEB_CONCURRENCY=str(workers))
    people = People(environment, some_leave=False)
    people.all_answer(clients, each)
    return people.shown(f"R2 {workers} workers x {clients} clients x {each}", 1)


def send_three_times(environment: DrillEnvironment, workers: int, times: int) -> Shown:
    """R3: the same cookie, token and answers, three times at once."""
    environment.start(WEB_CONCURRENCY=str(workers))
    people = People(environment)
    with ThreadPoolExecutor(3) as pool:
        for number in range(times):
            person = Person(environment)
            address = person.begin(people.links.take())
            text = f"sent three times, number {number}"
            body = urlencode({"csrf-token": person.token, QUESTION: text}).encode()
            headers = {"Cookie": "; ".join(f"{cookie.name}={cookie.value}" for cookie in person.jar)}
            request = [Request(environment.served.address + address, body, headers) for _ in range(3)]
            replies = list(pool.map(lambda one: Person(environment).seen(one), request))
            wrong = [reply for reply in replies if (reply.status, reply.place) != (303, f"{address}/done")]
            people.faults += [f"{reply.status} {reply.place}" for reply in wrong]
            people.sent.append(text)
    return people.shown("R3 each sent three times at once", times)
