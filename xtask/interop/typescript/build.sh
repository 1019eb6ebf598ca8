node_modules/.bin/openapi-typescript "$DOCUMENT" -o client.d.ts
# Only types are generated, so tsc checks each documented call and its response.
node calls.mjs > documented.mts
node_modules/.bin/tsc --module nodenext --target es2022 --types node --strict --exactOptionalPropertyTypes \
    --noFallthroughCasesInSwitch --noImplicitOverride --noImplicitReturns --noPropertyAccessFromIndexSignature \
    --noUncheckedIndexedAccess --noUnusedLocals --noUnusedParameters client.d.ts documented.mts driver.mts
