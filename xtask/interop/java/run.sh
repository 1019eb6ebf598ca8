exec java -cp classes:generator.jar:/usr/share/java/jakarta-annotation-api.jar Driver
