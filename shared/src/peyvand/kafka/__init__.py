"""The bus: Apache Kafka, and what a process must know to speak with it."""
