# The image of all of Winnow's processes; docker-compose.yml says which one runs.

FROM python:3.13-slim-bookworm AS packages
COPY requirements.lock .
RUN python -m venv /opt/winnow \
    && /opt/winnow/bin/pip install --no-cache-dir --require-hashes -r requirements.lock

FROM python:3.13-slim-bookworm
ENV PATH=/opt/winnow/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    WINNOW_NO_BOOTSTRAP=1 \
    WINNOW_DATA_DIR=/data \
    WINNOW_STATIC_DIR=/srv/static

# The program belongs to root; the user that runs it can write in /data only.
RUN useradd --system --user-group --uid 10001 --no-create-home --shell /usr/sbin/nologin winnow \
    && install -d -o winnow -g winnow -m 700 /data
COPY --from=packages /opt/winnow /opt/winnow
WORKDIR /srv/winnow
COPY . .
RUN python -m compileall -q . \
    && mkdir /srv/static \
    && WINNOW_DATA_DIR=/tmp/build python manage.py collectstatic --no-input \
    && rm -r /tmp/build

USER winnow
EXPOSE 8000
CMD ["gunicorn", "--config", "python:review.site.settings_gunicorn", "--bind", "0.0.0.0:8000", "review.site.wsgi"]
