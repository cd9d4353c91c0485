"""The functions behind service tasks, one noun per file. They know the words of `service.domain.handling` and no procedure.

A handler is `@handler("job-type")` on `def name(job: JobContext, *, emne: str, …)`. Its docstring is Danish: process
owners read it, its first line in the lists.
"""
