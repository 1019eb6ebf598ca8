# With the versions of everything else that is built here.
cp "$ROOT/Cargo.lock" .
CARGO_TARGET_DIR="$ROOT/target" cargo build --quiet
