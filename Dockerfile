# syntax=docker/dockerfile:1
# The same code and the same locked packages as ./start, as one image for web, worker, beat and the mail catcher.

FROM node:24-bookworm-slim AS front-end
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY scripts/build.mjs scripts/build.mjs
COPY static static
RUN node scripts/build.mjs

FROM python:3.11-slim-bookworm AS packages
WORKDIR /app
COPY requirements requirements
RUN pip install --no-cache-dir --require-hashes -r requirements/uv.txt
RUN python -m venv .venv \
    && uv pip install --no-cache --require-hashes --python .venv/bin/python -r requirements/base.txt -r requirements/mail.txt

FROM python:3.11-slim-bookworm
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig-config \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --create-home --uid 10001 debrief \
    && install -d -o debrief -g debrief /data
WORKDIR /app
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    STATIC_MANIFEST=yes
COPY --from=packages /app/.venv .venv
COPY . .
COPY --from=front-end /app/.build/static .build/static
RUN python -m scripts.prepare static
USER debrief
EXPOSE 8000
