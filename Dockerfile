# A small image of the service, with the bundled encoder inside; neither torch nor pip is in it.
#   docker build -t jinxue . && docker run --rm -v jinxue:/var/lib/jinxue jinxue import
#   docker run --read-only --tmpfs /tmp --cap-drop ALL -v jinxue:/var/lib/jinxue -p 127.0.0.1:8000:8000 jinxue
ARG BASE=python:3.11-slim-bookworm

FROM ${BASE} AS build
# another package index: --build-arg PIP_INDEX_URL=https://…/simple
ARG PIP_INDEX_URL=https://pypi.org/simple
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /build
RUN python3 -m venv --without-pip /opt/jinxue
# what is needed changes less often than the service: a layer of its own
COPY pyproject.toml constraints.txt ./
RUN python3 -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['dependencies'], sep='\n')" > needed.txt \
 && python3 -m pip --python /opt/jinxue/bin/python install --no-compile --constraint constraints.txt --requirement needed.txt \
 && cd /opt/jinxue/lib/python3.11/site-packages \
 && find pandas scipy shapely sklearn -type d -name tests -prune -exec rm -r {} +
COPY README.md LICENSE ./
COPY models models
COPY api api
COPY recommender recommender
RUN python3 -m pip --python /opt/jinxue/bin/python install --no-compile --no-deps . \
 && /opt/jinxue/bin/python -m compileall -q -j 0 --invalidation-mode unchecked-hash /opt/jinxue/lib

FROM ${BASE}
LABEL org.opencontainers.image.title="jinxue" \
      org.opencontainers.image.description="近学: training courses that fit, near you" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN useradd --uid 10001 --no-create-home --home-dir /var/lib/jinxue --shell /usr/sbin/nologin jinxue \
 && install -d -o jinxue -g jinxue -m 0700 /var/lib/jinxue \
 && install -d /etc/jinxue
COPY --from=build /opt/jinxue /opt/jinxue
ENV PATH=/opt/jinxue/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    JINXUE_HOST=0.0.0.0 \
    JINXUE_STATE=/var/lib/jinxue \
    TMPDIR=/var/lib/jinxue
# TMPDIR: large bodies wait on the volume, as /tmp is memory. Settings may stand in /etc/jinxue/.env, which is read again at SIGHUP.
WORKDIR /etc/jinxue
USER 10001:10001
VOLUME /var/lib/jinxue
EXPOSE 8000
HEALTHCHECK --interval=5s --timeout=3s --start-period=120s \
  CMD ["python", "-c", "import http.client, os, sys; one = http.client.HTTPConnection('127.0.0.1', int(os.environ.get('JINXUE_PORT', 8000)), timeout=2); one.request('GET', '/healthz'); sys.exit(one.getresponse().status != 200)"]
ENTRYPOINT ["jinxue"]
CMD ["serve"]
