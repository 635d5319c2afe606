"""Jobs that the tests of the queues run: they leave a file, or they fail."""

from infra.queues import job
from infra.runtime import Runtime

NAME = "Kari Nordmann, kari@forbundet.example, 91234567"


@job
def leave_file(runtime: Runtime, *ids: str | int) -> None:
    name = "-".join(str(each) for each in ids) or "none"
    with (runtime.settings.data_dir / f"done-{name}").open("a") as out:
        out.write("x")


@job
def fail_on_a_name(runtime: Runtime, entry_id: str) -> None:
    del runtime
    try:
        raise LookupError(NAME)  # noqa: TRY301 - a cause with a name in it
    except LookupError as cause:
        raise ValueError(f"{NAME} {entry_id}") from cause


@job
def use_the_store(runtime: Runtime, entry_id: str) -> None:
    with runtime.store("service").reading() as session:
        session.connection().exec_driver_sql("SELECT 1").scalar_one()
    leave_file(runtime, entry_id)


def unmarked(runtime: Runtime) -> None:
    (runtime.settings.data_dir / "done-unmarked").touch()
