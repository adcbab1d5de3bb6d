"""Process untrusted files (pictures, workbooks, documents) in a child process with limits.

A hostile file that exploits a decoder can exhaust neither the machine's memory nor the worker's time. The
child inherits neither the environment nor open files of the worker. Where the kernel has Landlock
(`landlock`) it can open nothing but libraries: not `.env`, the database or the uploads. Input and output stay
in memory, never on disk.

`process` is the caller's side; all other modules run in the child: they load only the library that they
need and no
Django.
"""
