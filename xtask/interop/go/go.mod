module interop

go 1.23

require autoscaling/client v1.0.0
replace autoscaling/client => ./client
