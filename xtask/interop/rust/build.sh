# The same dependency versions as in the workspace.
cp "$ROOT/Cargo.lock" .
CARGO_TARGET_DIR="$ROOT/target" cargo build --quiet
