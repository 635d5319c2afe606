"""The job that concludes a joint count: adds it up once, and prints it once."""

from __future__ import annotations

from typing import Final

from infra.i18n import LANGUAGES
from infra.queues import enqueue, job, queue_of
from infra.runtime import Runtime
from voting.joint import JointFile, encode_joint_file
from voting.joint_concluding import (
    conclude_joint,
    concluded_result,
    declaration_of,
    keep_joint_prints,
    list_joint_prints,
    list_unfinished,
)
from voting.joint_counts import load_joint
from voting.printing.joint_sheet import JointSources, print_joint

JOINT_JOB: Final = "voting.joint_jobs.finish_joint"


@job
def finish_joint(runtime: Runtime, joint_id: str) -> None:
    """Write the joint protocol if its time has come, and print it."""
    store, settings, now = (
        runtime.store("service"),
        runtime.settings,
        runtime.clock.now(),
    )
    with store.begin() as session:
        is_there = conclude_joint(session, settings, joint_id, now)
    if not is_there:
        return
    with store.reading() as session:
        if set(LANGUAGES) <= set(list_joint_prints(session, joint_id)):
            return
        joint = load_joint(session, joint_id)
        row = joint.row
        file = JointFile(
            row.declaration or b"",
            row.declaration_signature or b"",
            row.protocol or b"",
            row.protocol_signature or b"",
        )
        sources = JointSources(
            declaration_of(joint),
            concluded_result(joint),
            encode_joint_file(file),
            max(each.approved_at for each in joint.elections if each.approved_at),
        )
    printed = {each: print_joint(sources, each) for each in LANGUAGES}
    with store.begin() as session:
        keep_joint_prints(session, joint_id, printed)


def queue_joint_counts(runtime: Runtime) -> None:
    """Queue the job for every joint count that waits for it."""
    with runtime.store("service").reading() as session:
        waiting = list_unfinished(session, runtime.clock.now())
    for joint_id in waiting:
        enqueue(queue_of(runtime, "service"), JOINT_JOB, joint_id)
