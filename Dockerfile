# The product, without the embedded servers. Not built here: no Docker engine; see the README.
FROM python:3.13-slim

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN useradd --system --uid 10001 --create-home app
WORKDIR /app

COPY requirements.txt .
RUN pip install --require-hashes --only-binary :all: -r requirements.txt

COPY . .
# Static files get their final names here. The settings for that are made up; the real ones come when it starts.
RUN set -a && . ./.ci/production.env && set +a && python manage.py collectstatic --no-input

USER app
EXPOSE 8000
CMD ["gunicorn", "bondgenoten.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "8", "--worker-tmp-dir", "/dev/shm"]
