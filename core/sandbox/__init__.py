"""Work on what a stranger sent, in a process of its own with limits: pictures, workbooks, papers.

A decoder that is led astray by a hostile file takes neither the memory of the box nor the time of a worker. It
gets neither the environment nor an open file of the worker, and where the kernel has Landlock (`landlock`) it can
open nothing but the libraries: not `.env`, not the database, not the uploads. What was sent and what comes back
lie in memory, never on the disk.

`process` is the caller's side, all other modules are the child's: they load the one library that they need and no
Django.
"""
