exec ./driver
