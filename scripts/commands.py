"""The commands that Debrief consists of, said once: ./start runs them, docker-compose.yml is tested against them."""

PYTHON = "python"

PREPARE_DATABASE = [PYTHON, "-m", "scripts.prepare", "database"]
PREPARE_STATIC = [PYTHON, "-m", "scripts.prepare", "static"]
PREPARE = [*PREPARE_DATABASE, "static"]  # Both in one process: most of the time goes into loading Django.
LOAD_DEMO = [PYTHON, "manage.py", "load_demo", "--if-empty", "--json"]

LARGEST_FRAME_BYTES = 1024 * 1024


def web(host: str, port: int) -> list[str]:
    return [
        *[PYTHON, "-m", "uvicorn", "config.asgi:application"],
        *["--host", host, "--port", str(port)],
        *["--loop", "uvloop", "--http", "httptools", "--lifespan", "off"],
        # Deflated frames would let a small message unfold to a huge one before its size is looked at.
        *["--ws", "live.frames:Frames", "--ws-per-message-deflate", "false", "--ws-max-size", str(LARGEST_FRAME_BYTES)],
        # Whoever closes the lid says nothing: within half a minute the others must see her gone.
        *["--ws-ping-interval", "10", "--ws-ping-timeout", "15"],
        *["--timeout-graceful-shutdown", "5", "--no-access-log", "--log-level", "warning", "--no-server-header"],
        # Only Django reads what a proxy says, and only under TRUSTED_PROXY: else anyone could name an address to us.
        "--no-proxy-headers",
    ]


def worker() -> list[str]:
    return [PYTHON, "-m", "celery", "--quiet", "-A", "config", "worker", "--concurrency", "2", "--without-mingle"]


def beat() -> list[str]:
    # The plain scheduler keeps nothing on disk: what is due is in the database, and no half-written file stops a start.
    return [PYTHON, "-m", "celery", "--quiet", "-A", "config", "beat", "--scheduler", "config.beat:Scheduler"]


def mail_catcher(host: str, smtp_port: int, http_port: int, folder: str) -> list[str]:
    ports = ["--smtp-port", str(smtp_port), "--http-port", str(http_port)]
    return [PYTHON, "-m", "scripts.mailcatcher", "--host", host, *ports, "--folder", folder]
