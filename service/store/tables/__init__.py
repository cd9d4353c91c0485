"""The tables. Each row's owner (instance or case) stands first in its key; indexes say in a comment what they answer."""

from service.store.tables.base import metadata
from service.store.tables.cases import (
    access_log,
    case,
    case_record,
    citizen,
    contact,
    deadline,
    dispatch,
    document,
    milestone,
    note,
    notice,
    suspension,
)
from service.store.tables.definitions import definition, deployment, start_subscription
from service.store.tables.house import counter, data_key, house, search_token
from service.store.tables.instances import element_instance, flow_taken, history, incident, instance
from service.store.tables.people import account, change, leads, membership, saved_filter, unit
from service.store.tables.registers import register_row
from service.store.tables.waits import (
    draft,
    job,
    message,
    message_delivery,
    subscription,
    task_candidate,
    task_name,
    timer,
    user_task,
)

__all__ = [
    "access_log",
    "account",
    "case",
    "case_record",
    "change",
    "citizen",
    "contact",
    "counter",
    "data_key",
    "deadline",
    "definition",
    "deployment",
    "dispatch",
    "document",
    "draft",
    "element_instance",
    "flow_taken",
    "history",
    "house",
    "incident",
    "instance",
    "job",
    "leads",
    "membership",
    "message",
    "message_delivery",
    "metadata",
    "milestone",
    "note",
    "notice",
    "register_row",
    "saved_filter",
    "search_token",
    "start_subscription",
    "subscription",
    "suspension",
    "task_candidate",
    "task_name",
    "timer",
    "unit",
    "user_task",
]
