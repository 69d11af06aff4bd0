# One image, three uses: the ingest jobs, the API and (profile "demo") the sample bank. Checked, not run: no engine here.
FROM python:3.11-slim-bookworm
RUN useradd --create-home --uid 10001 wekeza
WORKDIR /app
COPY requirements/run.txt requirements/run.txt
RUN pip install --no-cache-dir --require-hashes -r requirements/run.txt
COPY . .
RUN pip install --no-cache-dir --no-deps --no-build-isolation . && mkdir /data /drop && chown wekeza /data /drop
USER wekeza
ENV WEKEZA_DATA=/data PYTHONUNBUFFERED=1
ENTRYPOINT ["wekeza"]
CMD ["--help"]
