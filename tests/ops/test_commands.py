"""`jinxue backup` and `jinxue restore`, and a service that goes on through both."""

import subprocess
import sys

from recommender.bootstrap import Workshop
from tests.faults.conftest import Serve
from tests.live import ServiceProcess, eventually
from tests.ops.files import health_check
from tests.ops.test_backup import set_fees


def version_answered(service: ServiceProcess) -> int:
    """Return the catalogue version that the service answers from."""
    return int(service.ready()["catalogue_version"])


def test_a_running_service_takes_up_a_restore_and_goes_on(town: Workshop, serve: Serve) -> None:
    settings = town.settings
    service = serve(settings.state, database_url=settings.database_url, language="en")
    folder = settings.state.parent
    with town.open_store() as store:
        saved = set_fees(store, 1.0)
        made = service.run_command("jinxue backup 'of today'", cwd=folder)
        assert (made.returncode, made.stdout) == (0, ""), made.stderr
        assert "Backed up to of today" in made.stderr
        newer = set_fees(store, 2.0)
        eventually(lambda: version_answered(service) == newer, told=lambda: service.said)

        refused = service.run_command("jinxue restore 'of today'", cwd=folder)
        assert (refused.returncode, refused.stdout) == (1, "")
        assert "--force" in refused.stderr
        done = service.run_command("jinxue restore --force 'of today'", cwd=folder)
        assert done.returncode == 0, done.stderr
        assert "revoke them once more" in done.stderr

        eventually(lambda: version_answered(service) == saved, told=lambda: service.said)
        assert set_fees(store, 3.0) == newer  # the number is given anew, to another write
        eventually(lambda: version_answered(service) == newer, told=lambda: service.said)
        with store.read() as reading:
            assert [entry.action for entry in reading.audit_entries(limit=9)][-1] == "database_restored"
    assert service.ready()["status"] == "ready"
    assert healthy(service)
    service.end()
    assert not healthy(service)


def healthy(service: ServiceProcess) -> bool:
    """Tell what the image's health check says of a service."""
    program, *words = health_check()
    assert program == "python"
    port = service.url.rsplit(":", 1)[1]
    done = subprocess.run([sys.executable, *words], env={"JINXUE_PORT": port}, capture_output=True, check=False)
    return done.returncode == 0
