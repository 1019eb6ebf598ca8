# Needs java of default-jre-headless
venv/bin/openapi-generator-cli generate -g go -c generator.yaml -i "$DOCUMENT" -o client
export GOPATH="$PWD/path" GOCACHE="$PWD/cache" GOPROXY=off GOTOOLCHAIN=local
venv/bin/go build -o driver .
venv/bin/go vet . autoscaling/client
