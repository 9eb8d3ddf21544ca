"""What is to be done for deliveries once they are durable: files fetched from vendors, deliveries handed on."""

from peyvand.errands.desk import Desk
from peyvand.errands.errand import Errand, Errands, Task, Waiting
from peyvand.errands.wanted import wanted

__all__ = ["Desk", "Errand", "Errands", "Task", "Waiting", "wanted"]
