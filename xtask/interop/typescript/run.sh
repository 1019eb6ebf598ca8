exec node driver.mjs
