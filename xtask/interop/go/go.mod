module interop

go 1.23

require (
	autoscaling/client v1.0.0
	gopkg.in/validator.v2 v2.0.1
)

replace (
	autoscaling/client => ./client
	// Debian's: golang-gopkg-validator.v2-dev.
	gopkg.in/validator.v2 => ./validator
)
