"""What Prometheus sees of files that are fetched."""

from prometheus_client import Counter, Gauge

FILES = Counter("peyvand_files_total", "Files at vendors by what became of them", ["connector", "state"])
FAILED = Counter("peyvand_file_attempts_failed_total", "Attempts at a file that will be made again", ["connector"])
BYTES = Counter("peyvand_files_bytes_total", "Bytes of files that were fetched", ["connector"])
RUNNING = Gauge("peyvand_files_being_fetched", "Files that are being fetched now")
