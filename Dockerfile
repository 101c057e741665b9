# Two stages: packages are installed with the tools of the first, and run without them in the second.
FROM python:3.12-slim-bookworm AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1
RUN pip install --no-cache-dir uv
WORKDIR /app
COPY pyproject.toml requirements.lock ./
# What runs in production, in the locked versions; the demonstration and the tests bring more.
RUN uv venv /venv && uv pip install --python /venv/bin/python --no-cache \
    -r pyproject.toml --constraint requirements.lock

FROM python:3.12-slim-bookworm
# Printed sheets need Pango and a Chinese font.
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        fontconfig fonts-noto-cjk libpango-1.0-0 libpangocairo-1.0-0 libpangoft2-1.0-0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home palace \
    && install -d -o palace /data
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=palace.settings DATA_DIR=/data STATIC_ROOT=/app/collected
WORKDIR /app
COPY --from=packages /venv /venv
COPY . .
# These three are needed to read the settings; nothing of them stays in the image.
RUN SECRET_KEY=needed-to-read-the-settings-while-the-image-is-built ALLOWED_HOSTS=build DATABASE_URL=postgresql://build/build \
    sh -c 'python -c "from palace.core.translations import compile_all; compile_all()" \
    && python manage.py collectstatic --noinput --ignore redoc'
USER palace
VOLUME /data
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--http", "1", \
     "--workers", "2", "--blocking-threads", "3", "--respawn-failed-workers", \
     "--workers-kill-timeout", "10", \
     "--backlog", "4096", "--backpressure", "4096", \
     "--http1-header-read-timeout", "15000", "palace.wsgi:application"]
