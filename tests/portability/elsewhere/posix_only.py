"""What Windows lacks of the standard library, as its documentation says by "Availability"."""

from __future__ import annotations

from collections.abc import Mapping

MODULES = frozenset(
    {"crypt", "fcntl", "grp", "pty", "pwd", "readline", "resource", "syslog", "termios", "tty"}
)
NAMES: Mapping[str, frozenset[str]] = {
    "os": frozenset(
        {
            "EX_OK", "EX_TEMPFAIL", "EX_USAGE", "O_ASYNC", "O_CLOEXEC", "O_DIRECTORY", "O_DSYNC",
            "O_NOCTTY", "O_NOFOLLOW", "O_NONBLOCK", "O_PATH", "O_SYNC", "WEXITSTATUS", "WIFEXITED",
            "WNOHANG", "chown", "chroot", "confstr", "ctermid", "fchdir", "fchmod", "fchown",
            "fork", "forkpty", "fpathconf", "getegid", "geteuid", "getgid", "getgroups",
            "getloadavg", "getpgid", "getpgrp", "getpriority", "getresuid", "getsid", "getuid",
            "getxattr", "killpg", "lchown", "lockf", "major", "makedev", "memfd_create", "minor",
            "mkfifo", "mknod", "nice", "openpty", "pathconf", "pidfd_open", "posix_fadvise",
            "posix_fallocate", "posix_spawn", "pread", "preadv", "pwrite", "pwritev", "readv",
            "register_at_fork", "sched_getaffinity", "sched_setaffinity", "sched_yield", "sendfile",
            "setgid", "setpgid", "setpriority", "setsid", "setuid", "setxattr", "splice",
            "statvfs", "sync", "sysconf", "tcgetpgrp", "ttyname", "uname", "wait", "wait3",
            "wait4", "waitid", "writev",
        }
    ),
    "select": frozenset({"devpoll", "epoll", "kqueue", "poll"}),
    "signal": frozenset(
        {
            "ITIMER_REAL", "SIGALRM", "SIGCHLD", "SIGCONT", "SIGHUP", "SIGKILL", "SIGPIPE",
            "SIGQUIT", "SIGSTOP", "SIGTSTP", "SIGUSR1", "SIGUSR2", "SIGWINCH", "SIG_BLOCK",
            "SIG_UNBLOCK", "alarm", "getitimer", "pause", "pidfd_send_signal", "pthread_kill",
            "pthread_sigmask", "setitimer", "siginterrupt", "sigpending", "sigtimedwait", "sigwait",
        }
    ),
    "socket": frozenset(
        {"AF_NETLINK", "AF_UNIX", "MSG_DONTWAIT", "MSG_NOSIGNAL", "SO_REUSEPORT", "recv_fds"}
    ),
    "time": frozenset(
        {
            "CLOCK_BOOTTIME", "CLOCK_MONOTONIC", "CLOCK_REALTIME", "clock_getres", "clock_gettime",
            "clock_gettime_ns", "clock_settime", "tzset",
        }
    ),
}  # fmt: skip
