"""World: all that the demo's server knows: repositories, the user, quotas."""

from cubewatch.demo.backend import Backend, Clock, PastEnd
from cubewatch.demo.people import ME
from cubewatch.demo.refusal import RefusalError, not_found
from cubewatch.demo.repositories import REPOSITORIES
from cubewatch.demo.run_state import Json, Percent

ORG = "acme"


class World:
    """All repositories, by name and by id. Raises RefusalError for what is not there."""

    def __init__(self, clock: Clock, seed: int, percent: Percent, past_end: PastEnd) -> None:
        self._backends = [Backend(spec, clock, seed, percent, past_end) for spec in REPOSITORIES]

    def repository(self, org: str, repo: str) -> Backend:
        for backend in self._backends:
            if (backend.spec.org, backend.spec.slug) == (org, repo):
                return backend
        raise not_found("there is no such repository, or you may not see it")

    def repository_of_id(self, repo_id: str) -> Backend:
        for backend in self._backends:
            if backend.spec.id == repo_id:
                return backend
        raise not_found("no repository has this id")

    def repositories(self) -> list[Json]:
        """All repositories that the person works on."""
        return [backend.repository() for backend in self._backends]

    def user(self) -> Json:
        """The user that the token belongs to. There is no `slug`."""
        return {"id": ME.id, "username": ME.username, "display_name": ME.display_name}

    def quotas(self, org: str) -> Json:
        """The quotas of an organization, which this user may not see."""
        _check_org(org)
        raise RefusalError(403, "PermissionDenied", "only administrators see the quotas")

    def personal_quotas(self, org: str) -> Json:
        _check_org(org)
        return {
            "quotas": [
                {"quota_id": "ci.minutes.month", "usage": 412.5, "limit": 2000},
                {"quota_id": "ci.parallel.cubes", "usage": 7, "limit": 0},
                {"quota_id": "storage.artifacts", "usage": 7351021993, "limit": None},
            ]
        }


def _check_org(org: str) -> None:
    if org != ORG:
        raise not_found("there is no such organization, or you may not see it")
