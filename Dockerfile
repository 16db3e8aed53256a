# The bot, for `web` (the default) and `worker`. Build: docker build -t glm-in-slack .
#   --build-arg OFFICE="libreoffice-writer-nogui libreoffice-calc-nogui libreoffice-impress-nogui"
#       for old Office files and pictures of slides (400 MB more)
#   --build-arg BROWSER= for an image that renders no web pages (350 MB less)
ARG PYTHON=3.13-slim-trixie

FROM python:${PYTHON} AS build
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never UV_PROJECT_ENVIRONMENT=/app
WORKDIR /src
COPY scripts/uv.txt scripts/uv.txt
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes --root-user-action=ignore -r scripts/uv.txt
# The packages first: they change less often than the code.
COPY pyproject.toml uv.lock ./
RUN uv sync --quiet --locked --no-dev --extra svg --no-install-project
COPY . .
RUN uv sync --quiet --locked --no-dev --extra svg --no-editable

FROM python:${PYTHON}
ARG BROWSER="chromium-headless-shell fonts-noto-cjk"
ARG SVG="libcairo2"
ARG OFFICE=""
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends $BROWSER $SVG $OFFICE \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --user-group --uid 10001 --create-home glm \
    && install -d -o glm -g glm /data
COPY --from=build /app /app
ENV PATH=/app/bin:$PATH PYTHONUNBUFFERED=1 DATA_DIR=/data HEALTH_PORT=3001
USER glm
WORKDIR /home/glm
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s CMD ["python", "-m", "bot", "health"]
# One process that receives and answers, with its own Redis in /data unless REDIS_URL is set.
CMD ["python", "-m", "bot"]
